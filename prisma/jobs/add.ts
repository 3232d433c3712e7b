import { raw, type Sql } from '../transaction.ts';
import type { InspectJob, ScoreJob } from './payload.ts';

/** Deliveries of one job; a row without a job gets a new one from the sweep. */
const DELIVERIES = 5;
/** Inspections come first: a submitter learns soon whether the files are fit. What was begun before goes before the rest. */
const PRIORITY = { inspect: 0, again: 5, score: 10 } as const;

const ADD_JOB = `
  SELECT graphile_worker.add_job(
    $1::text, $2::json, run_at := now() + make_interval(secs => $3), max_attempts := $4, job_key := $5, priority := $6)`;

/** Adds the job, or replaces the one that waits under the same key; part of the caller's transaction. */
async function addJob(
  sql: Sql,
  task: 'inspect' | 'score',
  payload: InspectJob | ScoreJob,
  key: string,
  priority: number,
  delaySeconds = 0,
): Promise<void> {
  await raw(sql, ADD_JOB, [task, JSON.stringify(payload), delaySeconds, DELIVERIES, key, priority]);
}

export function addInspectJob(sql: Sql, evaluationId: string, delaySeconds = 0): Promise<void> {
  return addJob(sql, 'inspect', { evaluationId }, evaluationId, PRIORITY.inspect, delaySeconds);
}

/** Seconds before the next try of what has failed so many times, so that what was briefly wrong may have passed. */
export const pauseAfter = (attempts: number) => 2 ** attempts;

/** A job for a shard that a worker failed at, lost or gave back. */
export function addScoreJob(sql: Sql, shardId: string, delaySeconds = 0): Promise<void> {
  return addJob(sql, 'score', { shardId }, shardId, PRIORITY.again, delaySeconds);
}

const ADD_SCORE_JOBS = `
  SELECT graphile_worker.add_job(
    'score', json_build_object('shardId', id), max_attempts := $2, job_key := id::text, priority := $3)
  FROM (SELECT id FROM "Shard" WHERE "evaluationId" = $1 ORDER BY position) AS shard`;

/** A job for each shard of the evaluation, in the order of their positions. */
export async function addScoreJobs(sql: Sql, evaluationId: string): Promise<void> {
  await raw(sql, ADD_SCORE_JOBS, [evaluationId, DELIVERIES, PRIORITY.score]);
}
