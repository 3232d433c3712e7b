import { CHECKPOINT_COLUMNS, type CheckpointColumns, checkpointOf } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import {
  EVALUATION_COLUMNS,
  type EvaluationColumns,
  type EvaluationDetail,
  type EvaluationRow,
  evaluationOf,
} from './rows.ts';

type Columns = EvaluationColumns & CheckpointColumns & Omit<EvaluationDetail, keyof EvaluationRow | 'checkpoint'>;

/*
 * One statement, so that all figures are of one moment.
 * A running shard whose worker has not shown its pace yet is taken to run as fast as the evaluation's shards did so far.
 */
const READ = `
  SELECT ${EVALUATION_COLUMNS}, ${CHECKPOINT_COLUMNS}, tasks.*, results.*, files.*, shards.*, queue.*
  FROM "Evaluation" e
  JOIN "Checkpoint" c ON c.id = e."checkpointId"
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object(
      'task', t.task, 'dataVersion', t."dataVersion", 'examples', t.examples,
      'examplesDone', t."examplesDone" + (
        SELECT coalesce(sum(r."examplesDone"), 0) FROM "Shard" r
        WHERE r."evaluationId" = e.id AND r.task = t.task AND r.state = 'RUNNING'),
      'shardsDone', t."shardsDone", 'shardsTotal', t."shardsTotal", 'ties', t.ties,
      'edition', CASE WHEN t."editionState" IS NOT NULL THEN json_build_object(
        'state', t."editionState", 'name', t.edition, 'examples', t.examples, 'of', t."editionOf") END) ORDER BY t.position), '[]') AS tasks
    FROM "EvaluationTask" t WHERE t."evaluationId" = e.id) tasks
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object(
      'task', r.task, 'metric', r.metric, 'value', r.value, 'low', r.low, 'high', r.high,
      'chance', r.chance, 'n', r.n, 'sizes', r.sizes, 'complete', r.complete) ORDER BY r.task, r.metric), '[]') AS results
    FROM "Result" r WHERE r."evaluationId" = e.id) results
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(f.size) FILTER (WHERE f.stored), 0)::float8 AS "bytesStored",
      coalesce(sum(f.size), 0)::float8 AS "bytesTotal"
    FROM "SubmissionFile" f WHERE f."submissionId" = e."submissionId") files
  CROSS JOIN LATERAL (
    SELECT avg(s.cost / nullif(extract(epoch FROM s."finishedAt" - s."startedAt"), 0)) AS pace
    FROM "Shard" s WHERE s."evaluationId" = e.id AND s.state = 'DONE') finished
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.cost * CASE s.state
        WHEN 'DONE' THEN 1 WHEN 'RUNNING' THEN s."examplesDone"::float8 / greatest(s."to" - s."from", 1) ELSE 0 END), 0)::float8 AS "rowsDone",
      coalesce(sum(s.cost), 0)::float8 AS "rowsTotal",
      (sum(coalesce(
        nullif(s.cost::float8 * s."examplesDone" / greatest(s."to" - s."from", 1), 0)
          / nullif(extract(epoch FROM s."heartbeatAt" - s."startedAt"), 0),
        finished.pace)) FILTER (WHERE s.state = 'RUNNING'))::float8 AS "rowsPerSecond",
      (count(DISTINCT s."workerId") FILTER (WHERE s.state = 'RUNNING')
        + (e.state = 'INSPECTING' AND e."leaseToken" IS NOT NULL)::int)::int AS workers,
      greatest(max(s."heartbeatAt"), e."heartbeatAt") AS "lastSignOfLife"
    FROM "Shard" s WHERE s."evaluationId" = e.id) shards
  CROSS JOIN LATERAL (
    SELECT CASE WHEN e.state = 'QUEUED' OR (e.state = 'INSPECTING' AND e."leaseToken" IS NULL)
      THEN (SELECT count(*)::int FROM "Evaluation" o WHERE o.state = e.state AND (e.state = 'QUEUED' OR o."leaseToken" IS NULL)
        AND (o."stateSince", o.id) <= (e."stateSince", e.id)) END AS place) queue
  WHERE e.id = ANY($1::uuid[])`;

/** The evaluations that exist among the ids, by id. */
export async function readEvaluations(db: Database, ids: readonly string[]): Promise<Map<string, EvaluationDetail>> {
  const { rows } = await db.pool.query<Columns>(READ, [ids.filter(isId)]);
  return new Map(rows.map((row) => [row.id, detailOf(row)]));
}

export async function readEvaluation(db: Database, id: string): Promise<EvaluationDetail | null> {
  return (await readEvaluations(db, [id])).get(id.toLowerCase()) ?? null;
}

function detailOf(row: Columns): EvaluationDetail {
  return {
    ...evaluationOf(row),
    checkpoint: checkpointOf(row),
    tasks: row.tasks,
    results: row.results,
    bytesStored: row.bytesStored,
    bytesTotal: row.bytesTotal,
    rowsDone: row.rowsDone,
    rowsTotal: row.rowsTotal,
    rowsPerSecond: row.rowsPerSecond,
    workers: row.workers,
    lastSignOfLife: row.lastSignOfLife,
    place: row.place,
  };
}
