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
import { HEARTBEAT_SECONDS, MAX_ATTEMPTS } from '@gdbench/prisma/lease';
import type { Task } from 'graphile-worker';
import { holdLease, Interrupted } from './lease.ts';
import { planEvaluation } from './plan-evaluation.ts';
import { ChildEnded, startStageProcess } from './process.ts';
import { InspectionReport } from './report.ts';
import { firstLine, gigabytes, type Sentences, splitRemedy } from './sentence.ts';
import { persist, type Stage, say } from './stage.ts';
import { checkpointFolder } from './work-folder.ts';

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
      await giveUp(stage, evaluationId, claimed, error);
    }
  };
}

/** The inspection has no verdict: it is given back, left to who has it now, or to the next attempt. */
async function giveUp(stage: Stage, evaluationId: string, claimed: ClaimedInspection, error: unknown): Promise<void> {
  const { db } = stage;
  if (stage.stopping.aborted) {
    await persist(stage, () => releaseInspection(db, evaluationId, claimed.token));
    await say(stage, evaluationId, 'inspect', 'Inspection given back: the worker is stopping.');
    return;
  }
  if (error instanceof Interrupted) return;
  stage.log.error({ evaluationId, error: String(error) }, 'an inspection stopped');
  // the lease runs out and the inspection is begun anew, by whichever worker is free
  if (claimed.attempts < MAX_ATTEMPTS) return;
  const reason = `Inspection stopped: ${firstLine(error)}`;
  const remedy = 'Submit the checkpoint again; if it stops again, tell who runs this board.';
  await persist(stage, () => failInspection(db, evaluationId, claimed.token, { reason, remedy }));
}

async function inspect(
  stage: Stage,
  evaluationId: string,
  claimed: ClaimedInspection,
  signal: AbortSignal,
): Promise<void> {
  const { db } = stage;
  const bytes = claimed.files.reduce((sum, { size }) => sum + size, 0);
  await say(
    stage,
    evaluationId,
    'inspect',
    `Inspection started: ${claimed.files.length} files, ${(bytes / 1e6).toFixed(1)} MB.`,
  );
  const { checkpointSha256: sha256, files } = claimed;
  const dir = await checkpointFolder(stage.storage, stage.settings.work, { sha256, files });
  signal.throwIfAborted();
  const verdict = await verdictOf(stage, dir, signal);
  if (!verdict.ok) {
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
