import { workerNamed } from '../actor.ts';
import type { CheckpointFault } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addInspectJob, pauseAfter } from '../jobs/add.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction, raw } from '../transaction.ts';

/** Two sentences for the submitter: what is wrong and where, and what to do about it. */
interface Explanation {
  readonly reason: string;
  readonly remedy: string;
}

// an inspected evaluation has no shards yet, so that its own lock may come first
const FENCE = `
  SELECT attempts, "workerId" FROM "Evaluation" WHERE id = $1 AND "leaseToken" = $2 AND state = 'INSPECTING' FOR NO KEY UPDATE`;

/** REFUSED: the submitter's files are not fit, or not for the protocol that was asked for. False when the lease is lost. */
export function refuse(
  db: Database,
  evaluationId: string,
  token: string,
  { fault, reason, remedy, faults }: Explanation & { fault: 'SUBMITTER'; faults?: readonly CheckpointFault[] },
): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const { rows } = await raw<{ workerId: string }>(sql, FENCE, [evaluationId, token]);
    const held = rows[0];
    if (!held) return false;
    await addLogLine(sql, evaluationId, { stage: 'inspect', message: reason });
    return endEvaluation(sql, workerNamed(held.workerId), evaluationId, {
      event: 'refuse',
      fault,
      reason,
      remedy,
      ...(faults ? { faults } : {}),
    });
  });
}

const FREE = 'UPDATE "Evaluation" SET "leaseToken" = NULL, "leaseExpiresAt" = NULL WHERE id = $1';

/**
 * The inspection came to no verdict, which is the service's own fault: it is tried again, or after MAX_ATTEMPTS, or at once
 * when another try is useless, the evaluation is FAILED with the sentences.
 */
export function failInspection(
  db: Database,
  evaluationId: string,
  token: string,
  { permanent, reason, remedy }: Explanation & { permanent: boolean },
): Promise<'retry' | 'failed' | 'fenced'> {
  return inTransaction(db, async (sql) => {
    const { rows } = await raw<{ attempts: number; workerId: string }>(sql, FENCE, [evaluationId, token]);
    const held = rows[0];
    if (!held) return 'fenced';
    await addLogLine(sql, evaluationId, { stage: 'inspect', message: reason });
    if (!permanent && held.attempts < MAX_ATTEMPTS) {
      await raw(sql, FREE, [evaluationId]);
      await addInspectJob(sql, evaluationId, pauseAfter(held.attempts));
      await notifyEvaluation(sql, evaluationId);
      return 'retry';
    }
    await endEvaluation(sql, workerNamed(held.workerId), evaluationId, {
      event: 'fail',
      fault: 'SERVICE',
      reason,
      remedy,
    });
    return 'failed';
  });
}
