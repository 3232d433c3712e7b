import { listTasks } from '@gdbench/benchmark/load';
import type { TaskData } from '@gdbench/benchmark/task';
import { timestepsFor } from '../engine/protocols/timesteps.ts';
import type { BoardData } from './data.ts';
import { type PlannedTask, planShards } from './plan.ts';
import type { InspectionReport } from './report.ts';
import { firstLine } from './sentence.ts';

export interface EvaluationPlan {
  readonly tasks: readonly PlannedTask[];
  /** A sentence for each task that is left out. */
  readonly unavailable: readonly string[];
}

/** Plans every task that the data root can serve, in the benchmark's order. */
export async function planEvaluation(
  data: BoardData,
  report: InspectionReport,
  asked: { samples: number; limit: number | null },
): Promise<EvaluationPlan> {
  const loaded: TaskData[] = [];
  const unavailable: string[] = [];
  for (const listed of await listTasks(data.root)) {
    if (!listed.runnable) {
      unavailable.push(`${listed.task} is not scored: ${listed.reason}`);
      continue;
    }
    try {
      loaded.push(await data.load(listed.task, asked.limit));
    } catch (error) {
      unavailable.push(`${listed.task} is not scored: ${firstLine(error)}`);
    }
  }
  const spending =
    report.kind === 'DIFFUSION'
      ? { kind: report.kind, samples: timestepsFor(asked.samples, 1_000).length }
      : { kind: report.kind };
  return { tasks: planShards(loaded, spending), unavailable };
}
