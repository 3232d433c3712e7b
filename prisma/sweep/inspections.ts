import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addInspectJob } from '../jobs/add.ts';
import { LEASE_SECONDS, MAX_ATTEMPTS } from '../lease.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';
import type { Swept } from './swept.ts';

interface Lost {
  expired: boolean;
  attempts: number;
  workerId: string | null;
}

const NEEDS_CARE = `
  e.state = 'INSPECTING' AND (e."leaseExpiresAt" < now() OR (e."leaseToken" IS NULL AND NOT EXISTS (
    SELECT 1 FROM graphile_worker.jobs j WHERE j.key = e.id::text AND (
      (j.locked_at IS NULL AND j.attempts < j.max_attempts) OR j.locked_at > now() - make_interval(secs => $1)))))`;
const NEEDING_CARE = `SELECT e.id FROM "Evaluation" e WHERE ${NEEDS_CARE}`;
const LOCK = `
  SELECT e."leaseToken" IS NOT NULL AS expired, e.attempts, e."workerId" FROM "Evaluation" e
  WHERE e.id = $2 AND ${NEEDS_CARE} FOR NO KEY UPDATE SKIP LOCKED`;
const FREE = 'UPDATE "Evaluation" SET "leaseToken" = NULL, "leaseExpiresAt" = NULL WHERE id = $1';

/** Inspections whose worker died go back into the queue; those that killed MAX_ATTEMPTS workers fail. */
export async function sweepInspections(db: Database): Promise<Swept> {
  const swept = { requeued: 0, failed: 0 };
  const { rows } = await db.pool.query<{ id: string }>(NEEDING_CARE, [LEASE_SECONDS]);
  for (const { id } of rows) {
    const outcome = await inTransaction(db, (sql) => sweepInspection(sql, id));
    if (outcome) swept[outcome] += 1;
  }
  return swept;
}

async function sweepInspection(sql: Sql, evaluationId: string): Promise<'requeued' | 'failed' | undefined> {
  const { rows } = await raw<Lost>(sql, LOCK, [LEASE_SECONDS, evaluationId]);
  const lost = rows[0];
  if (!lost) return undefined;
  if (lost.attempts >= MAX_ATTEMPTS) {
    const reason = `Its inspection was lost with the worker ${lost.attempts} times.`;
    const remedy = 'Check that the files are whole and not larger than this service can load, then submit again.';
    await addLogLine(sql, evaluationId, { stage: 'inspect', message: reason });
    return (await endEvaluation(sql, 'service', evaluationId, { event: 'fail', fault: 'SERVICE', reason, remedy }))
      ? 'failed'
      : undefined;
  }
  if (lost.expired) {
    const message = `Worker ${lost.workerId} gave no sign of life for ${LEASE_SECONDS} s; another inspects the files.`;
    await addLogLine(sql, evaluationId, { stage: 'inspect', message });
  }
  await raw(sql, FREE, [evaluationId]);
  await addInspectJob(sql, evaluationId);
  await notifyEvaluation(sql, evaluationId);
  return 'requeued';
}
