import type { Database } from '../database.ts';
import { LEASE_SECONDS } from '../lease.ts';

const RENEW = `
  UPDATE "Evaluation" SET "leaseExpiresAt" = now() + make_interval(secs => $3), "heartbeatAt" = now()
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'INSPECTING'`;

/** Renews the lease; false when it is lost, by time or because the evaluation was cancelled. */
export async function renewInspection(db: Database, evaluationId: string, token: string): Promise<boolean> {
  const { rowCount } = await db.pool.query(RENEW, [evaluationId, token, LEASE_SECONDS]);
  return rowCount === 1;
}
