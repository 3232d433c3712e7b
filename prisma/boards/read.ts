import type { Selectable } from 'kysely';
import type { Database } from '../database.ts';
import type { Board, Measurement } from '../generated/tables.ts';

export type MeasurementRow = Omit<Selectable<Measurement>, 'boardId'>;

export interface BoardRow extends Omit<Selectable<Board>, 'version' | 'measurementId'> {
  /** The newest first. */
  readonly measurements: readonly MeasurementRow[];
  /** The one by which rows rank now; null until its data are known. */
  readonly present: MeasurementRow | null;
}

/** All boards, the first one first. */
export async function readBoards(db: Database): Promise<BoardRow[]> {
  const [boards, measurements] = await Promise.all([
    db.sql.selectFrom('Board').selectAll().orderBy('id').execute(),
    db.sql.selectFrom('Measurement').selectAll().orderBy('number', 'desc').execute(),
  ]);
  return boards.map(({ version: _, measurementId, ...board }) => {
    const own = measurements.filter(({ boardId }) => boardId === board.id).map(({ boardId: _of, ...one }) => one);
    return { ...board, measurements: own, present: own.find(({ id }) => id === measurementId) ?? null };
  });
}

/** Rows of a measurement that are not superseded, of all protocols. */
export async function countRows(db: Database, measurementId: string): Promise<number> {
  const { rows } = await db.sql
    .selectFrom('LeaderboardRow')
    .select(({ fn }) => fn.countAll<string>().as('rows'))
    .where('measurementId', '=', measurementId)
    .where('superseded', '=', false)
    .executeTakeFirstOrThrow();
  return Number(rows);
}
