import { CHECKPOINT_KINDS, type InspectionReport } from '@gdbench/benchmark/inspection-report';
import { queueWaiting } from '../checkpoints/queue-waiting.ts';
import { transitionCheckpoint } from '../checkpoints/transition.ts';
import type { Database } from '../database.ts';
import { inTransaction } from '../transaction.ts';
import { completeWork } from '../work/complete.ts';
import type { Held } from '../work/held.ts';

/**
 * The checkpoint is READY, with what inspection found; whoever waits for it is QUEUED, or REFUSED where its protocol does not fit.
 * False when the lease is lost.
 */
export async function accept(db: Database, held: Held, report: InspectionReport): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held);
    if (!work) return false;
    const { checkpointId, by } = work;
    const found = {
      kind: CHECKPOINT_KINDS[report.kind],
      parameters: `${report.parameters}`,
      report: JSON.stringify(report),
    };
    // its inspection was held until now, so that it is being inspected
    if (!(await transitionCheckpoint(sql, by, checkpointId, 'accept', found)))
      throw new Error(`Checkpoint ${checkpointId} has an inspection under way and is in no state to be accepted.`);
    await queueWaiting(sql, by, report, checkpointId);
    return true;
  });
}
