import type { Sql } from '../transaction.ts';

/** [value, low, high, n, complete]; null where undefined. */
export type BoardCell = readonly [number | null, number | null, number | null, number, boolean];

/**
 * Of each of these evaluations, its results by "<task>.<metric>". The 2,100 of 50 evaluations, of 420,000, took PostgreSQL 5 to
 * 11 ms on a busy machine (npm run bench:board).
 */
export async function readCells(
  sql: Sql,
  evaluationIds: readonly string[],
): Promise<Map<string, Record<string, BoardCell>>> {
  const cells = new Map<string, Record<string, BoardCell>>(evaluationIds.map((id) => [id, {}]));
  if (evaluationIds.length === 0) return cells;
  const results = await sql
    .selectFrom('Result as m')
    .select(['m.evaluationId', 'm.task', 'm.metric', 'm.value', 'm.low', 'm.high', 'm.n', 'm.complete'])
    .where('m.evaluationId', 'in', evaluationIds)
    .execute();
  for (const { evaluationId, task, metric, value, low, high, n, complete } of results) {
    const own = cells.get(evaluationId);
    if (own) own[`${task}.${metric}`] = [value, low, high, n, complete];
  }
  return cells;
}
