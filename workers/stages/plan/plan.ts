import { dataSetSha256 } from '@gdbench/benchmark/data-set';
import { PROTOCOLS_OF } from '@gdbench/benchmark/protocol';
import { HEARTBEAT_SECONDS } from '@gdbench/prisma/lease';
import { type ClaimedPlan, plan } from '@gdbench/prisma/planning';
import { type Failure, fail, release } from '@gdbench/prisma/work';
import { holdLease, Interrupted, unlessAborted } from '../../runner/lease.ts';
import { faultLine } from '../../sentence.ts';
import { persist, renew, type Stage, say } from '../stage.ts';
import { planEvaluation } from './plan-evaluation.ts';

const AGAIN = 'Evaluate it again; if it stops again, tell who runs this board.';

const UNKNOWN_REPORT: Failure = {
  error:
    'What inspection found in the checkpoint was stored by a version of the service that this worker does not know.',
  remedy: 'Evaluate it again, so that it is inspected anew.',
  fault: 'SERVICE',
  permanent: true,
};

class Unplanned extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error);
    this.failure = failure;
  }
}

/** Plans the evaluation of a checkpoint that is known: a shard for each task that the data can serve. */
export async function planWork(stage: Stage, claimed: ClaimedPlan): Promise<void> {
  const { evaluationId } = claimed;
  try {
    await holdLease(
      {
        seconds: HEARTBEAT_SECONDS,
        renew: () => renew(stage, claimed),
        stopping: stage.stopping,
        onError: (error) => stage.log.warn({ evaluationId, error: String(error) }, 'the lease could not be renewed'),
      },
      (signal) => planAndQueue(stage, claimed, signal),
    );
  } catch (error) {
    await giveUp(stage, claimed, error);
  }
}

async function planAndQueue(stage: Stage, claimed: ClaimedPlan, signal: AbortSignal): Promise<void> {
  const { ask, report } = claimed;
  const protocol = protocolOf(claimed);
  if (report === null || protocol === null) throw new Unplanned(UNKNOWN_REPORT);
  // it may have to wait, where the data are still being made
  const planned = await unlessAborted(planEvaluation(stage.data, report, protocol, ask), signal);
  const versions = new Map(planned.tasks.map(({ task, dataVersion }) => [task, dataVersion]));
  const dataVersion = dataSetSha256(versions);
  if (dataVersion === null)
    throw new Unplanned({
      error: `No task can be scored on this board's data: ${planned.unavailable[0] ?? 'the data root is empty'}`,
      remedy: 'Nothing is wrong with the checkpoint: evaluate it again when the data is back.',
      fault: 'SERVICE',
      permanent: true,
    });
  const names = planned.tasks.map(({ task }) => task).join(', ');
  const cut = 'which are cut into shards as they are taken';
  await say(stage, claimed, 'plan', `Planned ${planned.tasks.length} tasks, ${cut}: ${names}.`);
  const warnings = [...report.warnings, ...planned.unavailable];
  const outcome = await persist(stage, () =>
    plan(stage.db, claimed, { ask, dataVersion, warnings, tasks: planned.tasks }),
  );
  if (outcome !== 'outdated') return;
  await persist(stage, () => release(stage.db, claimed));
  await say(stage, claimed, 'plan', 'The board asks something else by now: it is planned anew.');
}

/** Null where it is none that fits the checkpoint's kind. */
function protocolOf({ protocol, report }: ClaimedPlan): string | null {
  const known: readonly string[] = report === null ? [] : PROTOCOLS_OF[report.kind];
  return protocol !== null && known.includes(protocol) ? protocol : null;
}

/** There is no plan: it is given back, left to who has it now, or tried again. */
async function giveUp(stage: Stage, claimed: ClaimedPlan, error: unknown): Promise<void> {
  const { db } = stage;
  if (stage.stopping.aborted) {
    await persist(stage, () => release(db, claimed));
    await say(stage, claimed, 'plan', 'Plan given back: the worker is stopping.');
    return;
  }
  if (error instanceof Interrupted) return;
  stage.log.error({ evaluationId: claimed.evaluationId, error: String(error) }, 'a plan stopped');
  const failure: Failure =
    error instanceof Unplanned
      ? error.failure
      : { error: `Planning stopped: ${faultLine(error)}`, remedy: AGAIN, fault: 'SERVICE', permanent: false };
  const outcome = await persist(stage, () => fail(db, claimed, failure));
  if (outcome === 'retry') await say(stage, claimed, 'plan', 'The plan will be tried again.');
}
