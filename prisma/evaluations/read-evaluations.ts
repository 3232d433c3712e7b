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
        SELECT coalesce(sum(w.done), 0) FROM "Work" w JOIN "Shard" r ON r."workId" = w.id
        WHERE w."evaluationId" = e.id AND r.task = t.task AND w.state = 'RUNNING'),
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
    SELECT avg(s.cost / nullif(extract(epoch FROM w."finishedAt" - w."startedAt"), 0)) AS pace
    FROM "Work" w JOIN "Shard" s ON s."workId" = w.id WHERE w."evaluationId" = e.id AND w.state = 'DONE') finished
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.cost * CASE w.state
        WHEN 'DONE' THEN 1 WHEN 'RUNNING' THEN w.done::float8 / greatest(s."to" - s."from", 1) ELSE 0 END), 0)::float8 AS "rowsDone",
      coalesce(sum(s.cost), 0)::float8 AS "rowsTotal",
      (sum(coalesce(
        nullif(s.cost::float8 * w.done / greatest(s."to" - s."from", 1), 0)
          / nullif(extract(epoch FROM w."heartbeatAt" - w."startedAt"), 0),
        finished.pace)) FILTER (WHERE w.state = 'RUNNING' AND w.kind = 'SCORE'))::float8 AS "rowsPerSecond",
      (count(DISTINCT w."workerId") FILTER (WHERE w.state = 'RUNNING'))::int AS workers,
      max(w."heartbeatAt") AS "lastSignOfLife"
    FROM "Work" w LEFT JOIN "Shard" s ON s."workId" = w.id WHERE w."evaluationId" = e.id) shards
  CROSS JOIN LATERAL (
    SELECT CASE WHEN e.state IN ('INSPECTING', 'QUEUED') AND NOT EXISTS (
        SELECT 1 FROM "Work" w WHERE w."evaluationId" = e.id AND w.state = 'RUNNING')
      THEN (SELECT count(*)::int FROM "Evaluation" o WHERE o.state = e.state
        AND (o."stateSince", o.id) <= (e."stateSince", e.id) AND NOT EXISTS (
          SELECT 1 FROM "Work" w WHERE w."evaluationId" = o.id AND w.state = 'RUNNING')) END AS place) queue
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
