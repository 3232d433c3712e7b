import type { Database } from '../database.ts';
import { isId } from '../id.ts';

export interface LogLineRow {
  readonly id: string;
  readonly at: Date;
  readonly stage: string;
  readonly worker: string | null;
  readonly message: string;
}

const READ = `
  SELECT id::text, at, stage, worker, message FROM (
    SELECT * FROM "LogLine" WHERE "evaluationId" = $1 ORDER BY id DESC LIMIT $2) AS newest
  ORDER BY newest.id`;

/** The newest `last` lines, oldest first. */
export async function readLog(db: Database, evaluationId: string, last: number): Promise<LogLineRow[]> {
  if (!isId(evaluationId)) return [];
  const { rows } = await db.pool.query<LogLineRow>(READ, [evaluationId, last]);
  return rows;
}
