import { storedStates, UNDER_WAY } from '@gdbench/benchmark/states';
import type { Database } from '../database.ts';
import { KNOWN } from '../evaluations/known.ts';
import { type EvaluationRow, evaluationOf } from '../evaluations/rows.ts';
import { isShownAs } from '../evaluations/shown-as.ts';
import { inSnapshot, type Sql } from '../transaction.ts';
import { cursorOf, readCursor, type Sort } from './cursor.ts';
import { type BoardCell, readCells } from './read-cells.ts';
import { readPlaces } from './read-places.ts';
import { type RankedRow, readRanked } from './read-ranked.ts';

export interface BoardRow {
  readonly evaluationId: string;
  readonly cursor: string;
  readonly evaluation: EvaluationRow;
  /** By "<task>.<metric>"; what was not measured is absent. */
  readonly results: Readonly<Record<string, BoardCell>>;
}

interface Counts {
  readonly boardVersion: number;
  /** Rows in all. */
  readonly total: number;
  /** Evaluations that are inspected, wait or are scored. */
  readonly active: number;
  /** Protocols that have rows which are not among those asked for, sorted. */
  readonly otherProtocols: readonly string[];
}

export interface BoardPage extends Counts {
  readonly rows: readonly BoardRow[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  /** All rows of these protocols that have a rank, on whatever page. */
  readonly ranked: readonly RankedRow[];
}

interface Asked {
  readonly boardId: string;
  /** Rows of this one stand in the list, and no others; null: nothing is measured yet, so none. */
  readonly measurementId: string | null;
  /** Rows at most, from 1. */
  readonly first: number;
  readonly after?: string | null;
  /** Rows of these stand in the list, and no others. */
  readonly protocols: readonly string[];
  /** Absent: by rank. */
  readonly sort?: Sort | null;
}

/**
 * One page of the board, all of one moment.
 *
 * @throws InvalidCursorError
 */
export async function readBoard(
  db: Database,
  { boardId, measurementId, first, after, protocols, sort = null }: Asked,
): Promise<BoardPage> {
  const last = after ? readCursor(after, sort) : null;
  return inSnapshot(db, async (sql) => {
    const counts = await readCounts(sql, boardId, measurementId, protocols);
    if (measurementId === null) return { ...counts, rows: [], hasNextPage: false, endCursor: null, ranked: [] };
    // one row more says whether there is a next page
    const found = await readPlaces(sql, { measurementId, protocols, most: first + 1, after: last, sort });
    const places = found.slice(0, first);
    const ids = places.map(({ evaluationId }) => evaluationId);
    const [evaluations, cells] = [await readRows(sql, ids), await readCells(sql, ids)];
    const rows = places.flatMap((place) => {
      const { evaluationId } = place;
      const evaluation = evaluations.get(evaluationId);
      return evaluation
        ? [{ evaluationId, cursor: cursorOf(place, sort), results: cells.get(evaluationId) ?? {}, evaluation }]
        : [];
    });
    const ranked = await readRanked(sql, measurementId, protocols);
    return { ...counts, rows, hasNextPage: found.length > first, endCursor: rows.at(-1)?.cursor ?? null, ranked };
  });
}

// counting 10,000 rows took PostgreSQL 3 to 5 ms on a busy machine (npm run bench:board)
async function readCounts(
  sql: Sql,
  boardId: string,
  measurementId: string | null,
  protocols: readonly string[],
): Promise<Counts> {
  const board = await sql.selectFrom('Board').select('version').where('id', '=', boardId).executeTakeFirst();
  const rows =
    measurementId === null
      ? []
      : await sql
          .selectFrom('LeaderboardRow')
          .select(['protocol', ({ fn }) => fn.countAll<string>().as('rows')])
          .where('measurementId', '=', measurementId)
          .where('superseded', '=', false)
          .groupBy('protocol')
          .execute();
  const own = rows.filter(({ protocol }) => protocols.includes(protocol));
  const others = rows.filter((row) => !own.includes(row));
  return {
    boardVersion: Number(board?.version ?? 0),
    total: own.reduce((total, row) => total + Number(row.rows), 0),
    active: await countActive(sql, boardId),
    otherProtocols: others.map(({ protocol }) => protocol).sort(),
  };
}

async function countActive(sql: Sql, boardId: string): Promise<number> {
  const active = await sql
    .selectFrom('Evaluation as e')
    .innerJoin('Submission as s', 's.id', 'e.submissionId')
    .innerJoin('Checkpoint as c', 'c.id', 'e.checkpointId')
    .select(({ fn }) => fn.countAll<string>().as('evaluations'))
    .where('s.boardId', '=', boardId)
    .where(isShownAs(UNDER_WAY.flatMap(storedStates)))
    .executeTakeFirstOrThrow();
  return Number(active.evaluations);
}

async function readRows(sql: Sql, ids: readonly string[]): Promise<Map<string, EvaluationRow>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.selectFrom('Evaluation as e').selectAll('e').select(KNOWN).where('e.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, evaluationOf(row)]));
}
