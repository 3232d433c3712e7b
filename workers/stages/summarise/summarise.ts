import { summarise } from '@gdbench/benchmark/summarise';
import { TASK_NAMES, type TaskSummary } from '@gdbench/benchmark/task';
import { failSummary, postponeSummary, SummariseChore } from '@gdbench/prisma/chores';
import { summariseTask } from '@gdbench/prisma/results';
import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { unlessAborted } from '../../runner/lease.ts';
import { faultLine } from '../../sentence.ts';
import { persist, type Stage, say } from '../stage.ts';
import { headline } from './headline.ts';

const TaskName = z.enum(TASK_NAMES);

/** The chore `summarise`: brings the results of a task up to its scores; the last one of an evaluation ends it. */
export function summariseChore(stage: Stage): Task {
  return async (payload, { job }) => {
    const chore = SummariseChore.parse(payload);
    try {
      await summariseNow(stage, chore);
    } catch (error) {
      if (stage.stopping.aborted) return void (await persist(stage, () => postponeSummary(stage.db, chore)));
      stage.log.warn({ ...chore, error: String(error) }, 'a summary failed');
      if (job.attempts < job.max_attempts) throw error;
      await persist(stage, () => failSummary(stage.db, chore, faultLine(error)));
    }
  };
}

async function summariseNow(stage: Stage, chore: SummariseChore): Promise<void> {
  const task = TaskName.parse(chore.task);
  let summary: TaskSummary | undefined;
  const outcome = await persist(stage, () =>
    summariseTask(stage.db, chore, {
      async summarise(all, { limit, dataVersion }) {
        const data = await unlessAborted(stage.data.load(task, limit), stage.stopping);
        if (data.dataVersion !== dataVersion)
          throw new Error(`the data changed from version ${dataVersion} to ${data.dataVersion} meanwhile.`);
        summary = summarise(data, all);
        return summary;
      },
    }),
  );
  if (outcome?.complete && summary) await say(stage, chore, 'score', `${task} is complete: ${headline(summary)}.`);
}
