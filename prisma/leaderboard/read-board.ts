import { UNDER_WAY } from '@gdbench/benchmark/states';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import { type CheckpointRow, checkpointOf } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { type EvaluationRow, evaluationOf } from '../evaluations/rows.ts';
import { inSnapshot, type Sql } from '../transaction.ts';
import { cursorOf, readCursor, type Sort } from './cursor.ts';
import { type BoardCell, readCells } from './read-cells.ts';
import { readPlaces } from './read-places.ts';
import { type RankedRow, readRanked } from './read-ranked.ts';

export interface BoardRow {
  readonly evaluationId: string;
  readonly cursor: string;
  readonly checkpoint: CheckpointRow;
  readonly evaluation: EvaluationRow;
  /** By "<task>.<metric>"; what was not measured is absent. */
  readonly results: Readonly<Record<string, BoardCell>>;
}

interface Head {
  readonly boardVersion: number;
  /** Rows in all. */
  readonly total: number;
  /** Evaluations that are inspected, wait or are scored. */
  readonly active: number;
  /** Protocols that have rows which are not among those asked for, sorted. */
  readonly otherProtocols: readonly string[];
}

export interface BoardPage extends Head {
  readonly rows: readonly BoardRow[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  /** All rows of these protocols that have a rank, on whatever page. */
  readonly ranked: readonly RankedRow[];
}

interface Asked {
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
export async function readBoard(db: Database, { first, after, protocols, sort = null }: Asked): Promise<BoardPage> {
  const last = after ? readCursor(after, sort) : null;
  return inSnapshot(db, async (sql) => {
    const head = await readHead(sql, protocols);
    // one row more says whether there is a next page
    const found = await readPlaces(sql, { protocols, most: first + 1, after: last, sort });
    const places = found.slice(0, first);
    const ids = places.map(({ evaluationId }) => evaluationId);
    const [evaluations, cells] = [await readRows(sql, ids), await readCells(sql, ids)];
    const rows = places.flatMap((place) => {
      const known = evaluations.get(place.evaluationId);
      const { evaluationId } = place;
      return known
        ? [{ evaluationId, cursor: cursorOf(place, sort), results: cells.get(evaluationId) ?? {}, ...known }]
        : [];
    });
    const ranked = await readRanked(sql, protocols);
    return { ...head, rows, hasNextPage: found.length > first, endCursor: rows.at(-1)?.cursor ?? null, ranked };
  });
}

// counting 10,000 rows took PostgreSQL 3 to 5 ms on a busy machine (npm run bench:board)
async function readHead(sql: Sql, protocols: readonly string[]): Promise<Head> {
  const board = await sql.selectFrom('Board').select('version').executeTakeFirst();
  const rows = await sql
    .selectFrom('LeaderboardRow')
    .select(['protocol', ({ fn }) => fn.countAll<string>().as('rows')])
    .groupBy('protocol')
    .execute();
  const active = await sql
    .selectFrom('Evaluation')
    .select(({ fn }) => fn.countAll<string>().as('evaluations'))
    .where('state', 'in', UNDER_WAY)
    .executeTakeFirstOrThrow();
  const own = rows.filter(({ protocol }) => protocols.includes(protocol));
  const others = rows.filter((row) => !own.includes(row));
  return {
    boardVersion: Number(board?.version ?? 0),
    total: own.reduce((total, row) => total + Number(row.rows), 0),
    active: Number(active.evaluations),
    otherProtocols: others.map(({ protocol }) => protocol).sort(),
  };
}

async function readRows(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, Pick<BoardRow, 'checkpoint' | 'evaluation'>>> {
  if (ids.length === 0) return new Map();
  const rows = await sql
    .selectFrom('Evaluation as e')
    .selectAll('e')
    // not a join, for which PostgreSQL reads all checkpoints of a board of thousands
    .select(({ selectFrom }) =>
      jsonObjectFrom(selectFrom('Checkpoint as c').selectAll('c').whereRef('c.id', '=', 'e.checkpointId'))
        .$notNull()
        .as('checkpoint'),
    )
    .where('e.id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ checkpoint, ...row }) => [
      row.id,
      { checkpoint: checkpointOf(checkpoint), evaluation: evaluationOf(row) },
    ]),
  );
}
