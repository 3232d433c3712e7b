import { raw, type Sql } from '../transaction.ts';

const REMOVE_JOBS = `
  SELECT graphile_worker.remove_job(key)
  FROM (SELECT id::text AS key FROM "Shard" WHERE "evaluationId" = $1 UNION ALL SELECT $1::uuid::text) AS job`;

/** Takes the evaluation's jobs out of the queue. */
export async function removeJobs(sql: Sql, evaluationId: string): Promise<void> {
  await raw(sql, REMOVE_JOBS, [evaluationId]);
}
