import type { TaskSummary } from '@gdbench/benchmark/task';
import { raw, type Sql } from '../transaction.ts';

const RESULTS = `
  INSERT INTO "TaskResult" ("evaluationId", task, metric, value, low, high, chance, n, sizes, complete)
  SELECT $1, $2, metric, value, low, high, chance, n, coalesce(sizes, '{}'), $4
  FROM json_to_recordset($3) AS m(metric text, value float8, low float8, high float8, chance float8, n int, sizes int[])
  ON CONFLICT ("evaluationId", task, metric) DO UPDATE SET value = excluded.value, low = excluded.low,
    high = excluded.high, chance = excluded.chance, n = excluded.n, sizes = excluded.sizes, complete = excluded.complete`;
const TIES = 'UPDATE "EvaluationTask" SET ties = $3 WHERE "evaluationId" = $1 AND task = $2';
const BOARD = 'UPDATE "LeaderboardRow" SET results = results || $2::jsonb WHERE "evaluationId" = $1';

/** Writes a task's metrics where the evaluation's page and the board read them. */
export async function writeSummary(
  sql: Sql,
  evaluationId: string,
  task: string,
  summary: TaskSummary,
  complete: boolean,
): Promise<void> {
  // JSON has no NaN or Infinity: both become null, "undefined", as they should
  await raw(sql, RESULTS, [evaluationId, task, JSON.stringify(summary.metrics), complete]);
  if (complete) await raw(sql, TIES, [evaluationId, task, summary.ties]);
  const cells = summary.metrics.map(({ metric, value, low, high, n }) => [
    `${task}.${metric}`,
    [value, low, high, n, complete],
  ]);
  await raw(sql, BOARD, [evaluationId, JSON.stringify(Object.fromEntries(cells))]);
}
