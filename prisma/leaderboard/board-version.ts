import type { Database } from '../database.ts';

/** Raised by every transaction that changes what the board shows. */
export async function boardVersion(db: Database): Promise<number> {
  const { rows } = await db.pool.query<{ version: number }>('SELECT version::float8 AS version FROM "Board"');
  return rows[0]?.version ?? 0;
}
