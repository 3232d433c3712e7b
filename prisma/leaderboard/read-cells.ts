import type { Sql } from '../transaction.ts';

/** [value, low, high, n, complete]; null where undefined. */
export type BoardCell = readonly [number | null, number | null, number | null, number, boolean];

/** Of each of these evaluations, its results by "<task>.<metric>". */
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
