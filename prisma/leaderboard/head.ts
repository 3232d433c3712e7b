import type { Database } from '../database.ts';

/** What of a board its list is of. */
export interface BoardHead {
  readonly id: string;
  /** Raised by every transaction that changes what it shows. */
  readonly version: number;
  /** The present one; null until its data are known. */
  readonly measurementId: string | null;
  /** "<task>.<metric>" */
  readonly rankingMetric: string;
}

/** The board with this slug, or (null) the first one; null where there is none. */
export async function readHead(db: Database, slug: string | null): Promise<BoardHead | null> {
  const all = db.sql.selectFrom('Board').select(['id', 'version', 'measurementId', 'rankingMetric']);
  const board = await (slug === null ? all.orderBy('id').limit(1) : all.where('slug', '=', slug)).executeTakeFirst();
  return board ? { ...board, version: Number(board.version) } : null;
}

/** The id of a board's measurement of this number; null where it never asked so many things. */
export async function readMeasurementId(db: Database, boardId: string, number: number): Promise<string | null> {
  const row = await db.sql
    .selectFrom('Measurement')
    .select('id')
    .where('boardId', '=', boardId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.id ?? null;
}
