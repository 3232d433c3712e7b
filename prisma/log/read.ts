import type { Database } from '../database.ts';
import { isId } from '../id.ts';

export interface LogLineRow {
  readonly id: string;
  readonly at: Date;
  readonly stage: string;
  readonly worker: string | null;
  readonly message: string;
}

/** The newest `last` lines, oldest first. */
export async function readLog(db: Database, evaluationId: string, last: number): Promise<LogLineRow[]> {
  if (!isId(evaluationId)) return [];
  const newest = await db.sql
    .selectFrom('LogLine')
    .select(['id', 'at', 'stage', 'worker', 'message'])
    .where('evaluationId', '=', evaluationId)
    .orderBy('id', 'desc')
    .limit(last)
    .execute();
  return newest.reverse();
}
