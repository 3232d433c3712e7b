import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { LEASE_SECONDS } from '../lease.ts';
import { inTransaction, raw } from '../transaction.ts';

const RENEW = `
  UPDATE "Shard" SET "leaseExpiresAt" = now() + make_interval(secs => $3), "heartbeatAt" = now(),
    "examplesDone" = least(greatest("examplesDone", $4), "to" - "from")
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'RUNNING'
  RETURNING "evaluationId"`;
const CANCELLED = `SELECT 1 FROM "Shard" WHERE id = $1 AND state = 'CANCELLED'`;

/**
 * Renews the lease and tells how far the shard is.
 *
 * @returns 'fenced' when the shard went to another: stop and write nothing; 'cancelled' when nobody wants it any more.
 */
export function heartbeat(
  db: Database,
  shardId: string,
  token: string,
  progress: { examplesDone: number },
): Promise<'ok' | 'fenced' | 'cancelled'> {
  return inTransaction(db, async (sql) => {
    const { rows } = await raw<{ evaluationId: string }>(sql, RENEW, [
      shardId,
      token,
      LEASE_SECONDS,
      progress.examplesDone,
    ]);
    if (rows[0]) {
      await notifyEvaluation(sql, rows[0].evaluationId);
      return 'ok';
    }
    const cancelled = await raw(sql, CANCELLED, [shardId]);
    return cancelled.rowCount === 1 ? 'cancelled' : 'fenced';
  });
}
