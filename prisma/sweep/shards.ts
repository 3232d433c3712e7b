import type { Database } from '../database.ts';
import { endEvaluation, lockShards } from '../evaluations/end-evaluation.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addScoreJob } from '../jobs/add.ts';
import { LEASE_SECONDS, MAX_ATTEMPTS } from '../lease.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';
import type { Swept } from './swept.ts';

interface Lost {
  id: string;
  task: string;
  position: number;
  attempts: number;
  workerId: string | null;
}

// a job that a worker took and did not begin within a lease died with that worker
const HAS_JOB = `
  EXISTS (SELECT 1 FROM graphile_worker.jobs j WHERE j.key = s.id::text AND (
    (j.locked_at IS NULL AND j.attempts < j.max_attempts) OR j.locked_at > now() - make_interval(secs => $1)))`;
const NEEDING_CARE = `
  SELECT DISTINCT s."evaluationId" FROM "Shard" s
  WHERE (s.state = 'RUNNING' AND s."leaseExpiresAt" < now()) OR (s.state = 'QUEUED' AND NOT ${HAS_JOB})`;
const LOST = `
  SELECT id, task, position, attempts, "workerId" FROM "Shard"
  WHERE "evaluationId" = $1 AND state = 'RUNNING' AND "leaseExpiresAt" < now() ORDER BY position`;
const REQUEUE = `
  UPDATE "Shard" SET state = 'QUEUED', "leaseToken" = NULL, "leaseExpiresAt" = NULL, "examplesDone" = 0 WHERE id = $1`;
const COUNT_RETRIES = 'UPDATE "Evaluation" SET "retriedShards" = "retriedShards" + $2 WHERE id = $1';
const WITHOUT_JOB = `
  SELECT s.id FROM "Shard" s WHERE s."evaluationId" = $2 AND s.state = 'QUEUED' AND NOT ${HAS_JOB} ORDER BY s.position`;
const FAIL_SHARD = `
  UPDATE "Shard" SET state = 'FAILED', error = $2, "leaseToken" = NULL, "leaseExpiresAt" = NULL, "finishedAt" = now() WHERE id = $1`;

/** Shards whose worker died go back into the queue; one that killed MAX_ATTEMPTS workers fails its evaluation. */
export async function sweepShards(db: Database): Promise<Swept[]> {
  const swept: Swept[] = [];
  const { rows } = await db.pool.query<{ evaluationId: string }>(NEEDING_CARE, [LEASE_SECONDS]);
  // an evaluation at a time: short transactions, and one that fails leaves the others alone
  for (const { evaluationId } of rows) swept.push(await inTransaction(db, (sql) => sweepEvaluation(sql, evaluationId)));
  return swept;
}

async function sweepEvaluation(sql: Sql, evaluationId: string): Promise<Swept> {
  await lockShards(sql, evaluationId);
  const { rows: lost } = await raw<Lost>(sql, LOST, [evaluationId]);
  const exhausted = lost.find(({ attempts }) => attempts >= MAX_ATTEMPTS);
  if (exhausted) return { requeued: 0, failed: await failFor(sql, evaluationId, exhausted) };
  for (const shard of lost) {
    await raw(sql, REQUEUE, [shard.id]);
    await addScoreJob(sql, shard.id);
    const message = `Worker ${shard.workerId} gave no sign of life for ${LEASE_SECONDS} s; shard ${shard.position + 1} (${shard.task}) goes to another.`;
    await addLogLine(sql, evaluationId, { stage: 'score', message });
  }
  if (lost.length > 0) await raw(sql, COUNT_RETRIES, [evaluationId, lost.length]);
  const orphans = await raw<{ id: string }>(sql, WITHOUT_JOB, [LEASE_SECONDS, evaluationId]);
  for (const { id } of orphans.rows) await addScoreJob(sql, id);
  await notifyEvaluation(sql, evaluationId);
  return { requeued: lost.length + orphans.rows.length, failed: 0 };
}

async function failFor(sql: Sql, evaluationId: string, shard: Lost): Promise<number> {
  const reason = `Shard ${shard.position + 1} (${shard.task}) was lost with its worker ${shard.attempts} times.`;
  const remedy =
    'The service could not score this checkpoint: ask its operators, who find the cause in the workers’ logs.';
  await raw(sql, FAIL_SHARD, [shard.id, reason]);
  await addLogLine(sql, evaluationId, { stage: 'score', message: reason });
  return (await endEvaluation(sql, 'service', evaluationId, { event: 'fail', fault: 'SERVICE', reason, remedy }))
    ? 1
    : 0;
}
