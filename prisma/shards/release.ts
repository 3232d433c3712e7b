import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addScoreJob } from '../jobs/add.ts';
import { inTransaction, raw } from '../transaction.ts';

const RELEASE = `
  UPDATE "Shard" SET state = 'QUEUED', "leaseToken" = NULL, "leaseExpiresAt" = NULL, attempts = attempts - 1,
    "examplesDone" = 0
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'RUNNING'
  RETURNING "evaluationId"`;

/** Gives the shard back at shutdown, as if it had not been begun; false when the lease is lost. */
export function release(db: Database, shardId: string, token: string): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const { rows } = await raw<{ evaluationId: string }>(sql, RELEASE, [shardId, token]);
    if (!rows[0]) return false;
    await addScoreJob(sql, shardId);
    await notifyEvaluation(sql, rows[0].evaluationId);
    return true;
  });
}
