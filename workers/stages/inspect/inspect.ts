import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { CheckpointFault } from '@gdbench/prisma/checkpoints';
import { accept, type ClaimedInspection, refuse } from '@gdbench/prisma/inspection';
import { HEARTBEAT_SECONDS } from '@gdbench/prisma/lease';
import { fail, release } from '@gdbench/prisma/work';
import { ChildEnded } from '../../child/ending.ts';
import type { Answer } from '../../child/messages.ts';
import { startStageProcess } from '../../child/process.ts';
import { type WarmProcess, warmKey } from '../../child/warm.ts';
import { holdLease, Interrupted } from '../../runner/lease.ts';
import { faultLine, gigabytes, type Sentences, sentencesOfFaults } from '../../sentence.ts';
import { persist, renew, type Stage, say } from '../stage.ts';
import { checkpointFolder } from '../work-folder.ts';

/** Seconds that one step of an inspection may take, and what a byte adds to them: a large model is long in loading. */
const STEP_SECONDS = 120;
const SECONDS_A_BYTE = 1 / 20e6;
const AGAIN = 'Evaluate it again; if it stops again, tell who runs this board.';

/** The files were not judged, for a reason that may be the service's own. */
class NoVerdict extends Error {
  readonly why: Sentences;
  /** The process was ended from outside. */
  readonly killed: boolean;

  constructor(why: Sentences, killed = false) {
    super(why.reason);
    this.why = why;
    this.killed = killed;
  }
}

type Faults = readonly [CheckpointFault, ...CheckpointFault[]];
type Verdict = { ok: true; report: InspectionReport } | { ok: false; why: Sentences; faults: Faults };

/** Finds out what a checkpoint is, and accepts or refuses it for all who wait. */
export async function inspectWork(
  stage: Stage,
  warm: Pick<WarmProcess, 'offer'>,
  claimed: ClaimedInspection,
): Promise<void> {
  const { checkpointId } = claimed;
  try {
    await holdLease(
      {
        seconds: HEARTBEAT_SECONDS,
        renew: () => renew(stage, claimed),
        stopping: stage.stopping,
        onError: (error) => stage.log.warn({ checkpointId, error: String(error) }, 'the lease could not be renewed'),
      },
      (signal) => inspect(stage, warm, claimed, signal),
    );
  } catch (error) {
    await giveUp(stage, claimed, error);
  }
}

/** The inspection has no verdict: it is given back, left to who has it now, or tried again. */
async function giveUp(stage: Stage, claimed: ClaimedInspection, error: unknown): Promise<void> {
  const { db } = stage;
  if (stage.stopping.aborted) {
    await persist(stage, () => release(db, claimed));
    await say(stage, claimed, 'inspect', 'Inspection given back: the worker is stopping.');
    return;
  }
  if (error instanceof Interrupted) return;
  stage.log.error({ checkpointId: claimed.checkpointId, error: String(error) }, 'an inspection stopped');
  const { why, killed } =
    error instanceof NoVerdict
      ? error
      : { why: { reason: `Inspection stopped: ${faultLine(error)}`, remedy: AGAIN }, killed: false };
  const failure = { error: why.reason, remedy: why.remedy, fault: 'SERVICE', permanent: false, killed } as const;
  const outcome = await persist(stage, () => fail(db, claimed, failure));
  if (outcome === 'retry') await say(stage, claimed, 'inspect', 'The inspection will be tried again.');
}

async function inspect(
  stage: Stage,
  warm: Pick<WarmProcess, 'offer'>,
  claimed: ClaimedInspection,
  signal: AbortSignal,
): Promise<void> {
  const { checkpointSha256: sha256, files } = claimed;
  const tell = (line: string) => say(stage, claimed, 'inspect', line);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await tell(`Inspection started: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB.`);
  const dir = await checkpointFolder(stage.storage, stage.settings.work, { sha256, files });
  signal.throwIfAborted();
  const verdict = await verdictOf(stage, warm, claimed, dir, STEP_SECONDS + bytes * SECONDS_A_BYTE, signal);
  if (!verdict.ok) {
    const why = { fault: 'SUBMITTER', ...verdict.why, faults: verdict.faults } as const;
    await persist(stage, () => refuse(stage.db, claimed, why));
    return;
  }
  await tell(accepted(verdict.report));
  await persist(stage, () => accept(stage.db, claimed, verdict.report));
}

function accepted({ kind, parameters, checks }: InspectionReport): string {
  return `Accepted: ${kindWords(kind)}, ${(parameters / 1e6).toFixed(1)} M parameters, ${checks.length} checks passed.`;
}

function kindWords(kind: InspectionReport['kind']): string {
  return kind.replace('-', ' ');
}

/**
 * Has the files read in a child process of their own, which scores them afterwards where no other is being scored. The engine's
 * own verdict is one; a process that died, or was ended for its memory or time, gives none.
 *
 * @throws NoVerdict
 */
async function verdictOf(
  stage: Stage,
  warm: Pick<WarmProcess, 'offer'>,
  claimed: ClaimedInspection,
  dir: string,
  stepSeconds: number,
  signal: AbortSignal,
): Promise<Verdict> {
  let isKept = false;
  const child = startStageProcess({
    memoryBytes: stage.settings.memoryBytes,
    onOutput: (line) =>
      isKept ? stage.log.info({ child: 'score' }, line) : stage.log.debug({ child: 'inspect' }, line),
  });
  try {
    const answer = await child.ask(
      { type: 'inspect', dir, device: stage.settings.device },
      { silenceSeconds: stepSeconds, signal },
    );
    const verdict = verdictIn(answer);
    const { next, checkpointSha256: sha256 } = claimed;
    if (verdict.ok && next) {
      const { samples, seed, askedProtocol } = next;
      const key = warmKey({ sha256, protocol: askedProtocol ?? verdict.report.protocol, samples, seed });
      isKept = warm.offer(key, child);
      if (isKept) stage.loaded.note(key, next.evaluationId);
    }
    return verdict;
  } catch (error) {
    throw error instanceof ChildEnded ? new NoVerdict(sentencesOf(error), error.ending.kind === 'killed') : error;
  } finally {
    if (!isKept) await child.kill();
  }
}

function verdictIn(answer: Answer): Verdict {
  if (answer.type === 'accepted') return { ok: true, report: answer.report };
  if (answer.type === 'refused') return { ok: false, why: sentencesOfFaults(answer.faults), faults: answer.faults };
  if (answer.type !== 'failed') throw new Error('the child answered another question');
  throw new NoVerdict({ reason: answer.message, remedy: answer.remedy });
}

function sentencesOf({ ending }: ChildEnded): Sentences {
  if (ending.kind === 'memory')
    return {
      reason: `The checkpoint needs more memory than the ${gigabytes(ending.bytes)} that this board gives an inspection.`,
      remedy: 'Export the model in half precision or give a smaller one, and submit it again.',
    };
  if (ending.kind === 'time')
    return {
      reason: `One step of the checkpoint's inspection took longer than ${Math.round(ending.seconds)} seconds.`,
      remedy: 'Simplify the exported graphs or give a smaller model, and submit it again.',
    };
  if (ending.kind === 'nonsense')
    return {
      reason: 'The process that read the model files gave an answer that this worker does not know.',
      remedy: AGAIN,
    };
  const reason = `The process that read the model files ended unexpectedly (${ending.detail}).`;
  if (ending.kind === 'killed') return { reason, remedy: AGAIN };
  return {
    reason,
    remedy:
      'Check the exported model with ONNX Runtime; if it runs there, submit it again and tell who runs this board.',
  };
}
