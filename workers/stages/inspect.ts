import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accept,
  type ClaimedInspection,
  claimInspection,
  failInspection,
  refuse,
  releaseInspection,
  renewInspection,
} from '@gdbench/prisma/inspection';
import { InspectJob } from '@gdbench/prisma/jobs';
import { HEARTBEAT_SECONDS } from '@gdbench/prisma/lease';
import type { Task } from 'graphile-worker';
import { holdLease, Interrupted } from './lease.ts';
import { planEvaluation } from './plan-evaluation.ts';
import { ChildEnded, startStageProcess } from './process.ts';
import { InspectionReport } from './report.ts';
import { gigabytes, type Sentences, splitRemedy } from './sentence.ts';
import { persist, type Stage, say } from './stage.ts';

const INSPECT_SECONDS = 120;
const CORRECT = 'Correct the file and submit the checkpoint again.';

type Verdict = { ok: true; report: InspectionReport } | ({ ok: false } & Sentences);

/** The queue's task `inspect`: finds out what a checkpoint is, and plans its evaluation or refuses it. */
export function inspectTask(stage: Stage): Task {
  return async (payload) => {
    const { evaluationId } = InspectJob.parse(payload);
    const claimed = await persist(stage, () => claimInspection(stage.db, evaluationId, stage.settings.workerId));
    if (!claimed) return;
    try {
      await holdLease(
        {
          seconds: HEARTBEAT_SECONDS,
          renew: async () => ((await renewInspection(stage.db, evaluationId, claimed.token)) ? 'ok' : 'fenced'),
          stopping: stage.stopping,
          onError: (error) => stage.log.warn({ evaluationId, error: String(error) }, 'the lease could not be renewed'),
        },
        (signal) => inspect(stage, evaluationId, claimed, signal),
      );
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      // no word for a lease that was lost: another worker tells the story now
      if (error.why !== 'stopping') return;
      await persist(stage, () => releaseInspection(stage.db, evaluationId, claimed.token));
      await say(stage, evaluationId, 'inspect', 'Inspection given back: the worker is stopping.');
    }
  };
}

async function inspect(
  stage: Stage,
  evaluationId: string,
  claimed: ClaimedInspection,
  signal: AbortSignal,
): Promise<void> {
  const { db, settings } = stage;
  const bytes = claimed.files.reduce((sum, { size }) => sum + size, 0);
  await say(
    stage,
    evaluationId,
    'inspect',
    `Inspection started: ${claimed.files.length} files, ${(bytes / 1e6).toFixed(1)} MB.`,
  );
  const dir = join(settings.work, claimed.checkpointSha256);
  await stage.storage.materialise(claimed.files, dir);
  signal.throwIfAborted();
  const verdict = await verdictOf(stage, dir, signal);
  if (!verdict.ok) {
    await rm(dir, { recursive: true, force: true });
    const { reason, remedy } = verdict;
    await persist(stage, () => refuse(db, evaluationId, claimed.token, { fault: 'SUBMITTER', reason, remedy }));
    return;
  }
  const { report } = verdict;
  await say(
    stage,
    evaluationId,
    'inspect',
    `Accepted: ${report.kind.toLowerCase().replace('_', ' ')}, ${(report.parameters / 1e6).toFixed(1)} M parameters, ${report.checks.length} checks passed.`,
  );
  const plan = await planEvaluation(stage.data, report, claimed);
  if (plan.tasks.length === 0) {
    const reason = `No task can be scored on this board's data: ${plan.unavailable[0] ?? 'the data root is empty'}`;
    const remedy = 'Nothing is wrong with the checkpoint: submit it again when the data is back.';
    await persist(stage, () => failInspection(db, evaluationId, claimed.token, { reason, remedy }));
    return;
  }
  const shards = plan.tasks.reduce((sum, task) => sum + task.shards.length, 0);
  await say(
    stage,
    evaluationId,
    'inspect',
    `Planned ${shards} shards over ${plan.tasks.map(({ task }) => task).join(', ')}.`,
  );
  const { kind, parameters, protocol, warnings } = report;
  await persist(stage, () =>
    accept(db, evaluationId, claimed.token, {
      kind,
      parameters,
      protocol,
      report: report.stored,
      warnings: [...warnings, ...plan.unavailable],
      tasks: plan.tasks,
    }),
  );
}

/** Has the files read in a child process of their own, and turns every way it can end into a verdict. */
async function verdictOf(stage: Stage, dir: string, signal: AbortSignal): Promise<Verdict> {
  const { memoryBytes } = stage.settings;
  const child = startStageProcess({ memoryBytes, onOutput: (line) => stage.log.debug({ child: 'inspect' }, line) });
  try {
    const answer = await child.ask({ type: 'inspect', dir }, { silenceSeconds: INSPECT_SECONDS, signal });
    if (answer.type === 'refused') return { ok: false, ...splitRemedy(answer.reason, CORRECT) };
    if (answer.type === 'failed') return { ok: false, reason: answer.message, remedy: answer.remedy };
    if (answer.type === 'accepted') return { ok: true, report: InspectionReport.parse(answer.report) };
    throw new Error('the child answered another question');
  } catch (error) {
    if (!(error instanceof ChildEnded)) throw error;
    return { ok: false, ...sentencesOf(error) };
  } finally {
    await child.kill();
  }
}

function sentencesOf({ ending }: ChildEnded): Sentences {
  if (ending.kind === 'memory')
    return {
      reason: `Inspection of the model files ran out of memory: they needed more than ${gigabytes(ending.bytes)}.`,
      remedy: 'Export the model in half precision or give a smaller one, and submit it again.',
    };
  if (ending.kind === 'time')
    return {
      reason: `Inspection of the model files took longer than ${ending.seconds} seconds.`,
      remedy: 'Simplify the exported graphs or give a smaller model, and submit it again.',
    };
  return {
    reason: 'The program that reads ONNX files crashed on this checkpoint.',
    remedy: 'Export the model again with a current exporter, and check it with ONNX Runtime before you submit it.',
  };
}
