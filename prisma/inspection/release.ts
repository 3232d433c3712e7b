import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addInspectJob } from '../jobs/add.ts';
import { inTransaction, raw } from '../transaction.ts';

const RELEASE = `
  UPDATE "Evaluation" SET "leaseToken" = NULL, "leaseExpiresAt" = NULL, attempts = attempts - 1
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'INSPECTING'`;

/** Gives the inspection back at shutdown, as if it had not been begun; false when the lease is lost. */
export function releaseInspection(db: Database, evaluationId: string, token: string): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const { rowCount } = await raw(sql, RELEASE, [evaluationId, token]);
    if (rowCount === 0) return false;
    await addInspectJob(sql, evaluationId);
    await notifyEvaluation(sql, evaluationId);
    return true;
  });
}
