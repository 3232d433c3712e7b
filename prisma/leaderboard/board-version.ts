import type { Database } from '../database.ts';

/** Raised by every transaction that changes what the board shows. */
export async function boardVersion(db: Database): Promise<number> {
  const board = await db.sql.selectFrom('Board').select('version').executeTakeFirst();
  return Number(board?.version ?? 0);
}
