import type { Database } from '../database.ts';
import { columnOf } from '../results/column.ts';

/** Whether anything was measured, by this measurement and one of these protocols, in the column "<task>.<metric>". */
export async function hasColumn(
  db: Database,
  column: string,
  measurementId: string,
  protocols: readonly string[],
): Promise<boolean> {
  const { task, metric } = columnOf(column);
  const row = await db.sql
    .selectFrom('Result')
    .select('task')
    .where('measurementId', '=', measurementId)
    .where('protocol', 'in', protocols)
    .where('task', '=', task)
    .where('metric', '=', metric)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
