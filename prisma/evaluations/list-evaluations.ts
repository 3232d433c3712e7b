import { type PublicState, type StoredState, storedStates } from '@gdbench/benchmark/states';
import { z } from 'zod';
import type { Database } from '../database.ts';
import type { Sql } from '../transaction.ts';
import { KNOWN } from './known.ts';
import { type EvaluationRow, evaluationOf } from './rows.ts';
import { isShownAs } from './shown-as.ts';

export interface ListedEvaluation {
  readonly cursor: string;
  readonly evaluation: EvaluationRow;
}

export interface EvaluationPage {
  readonly listed: readonly ListedEvaluation[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** The text is no cursor that a page of evaluations gave. */
export class EvaluationCursorError extends Error {
  constructor() {
    super('The cursor is not one that a page of the evaluations gave: take `endCursor` of the page before.');
    this.name = 'EvaluationCursorError';
  }
}

/**
 * Evaluations in these states, newest first.
 *
 * @param first rows at most, from 1
 * @throws EvaluationCursorError
 */
export async function listEvaluations(
  db: Database,
  { first, after, states }: { first: number; after: string | null; states: readonly PublicState[] },
): Promise<EvaluationPage> {
  const last = after === null ? null : readCursor(after);
  // one row more says whether there is a next page
  const rows = await readPage(db.sql, { states: states.flatMap(storedStates), most: first + 1, last });
  const listed = rows.slice(0, first).map((row) => ({ cursor: cursorOf(row), evaluation: evaluationOf(row) }));
  return { listed, hasNextPage: rows.length > first, endCursor: listed.at(-1)?.cursor ?? null };
}

interface Asked {
  readonly states: readonly StoredState[];
  readonly most: number;
  /** The last row of the page before. */
  readonly last: Place | null;
}

// the newest of each state asked for, each from the end of its index: a page of 50 out of 10,000 took PostgreSQL 2 ms on a busy
// machine, the first or one in the middle, of all states or of rare ones (npm run bench:board); out of 100,000 it took no more
async function readPage(sql: Sql, { states, most, last }: Asked) {
  const [first, ...others] = states.map((state) => newestIn(sql, state, most, last));
  if (!first) return [];
  const newest = others.reduce(
    (all, one) => all.unionAll(({ parens }) => parens(one)),
    sql.selectFrom(first.as('newest')).selectAll(),
  );
  const found = sql
    .selectFrom(newest.as('newest'))
    .select('id')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(most);
  return sql
    .selectFrom(found.as('found'))
    .innerJoin('Evaluation as e', 'e.id', 'found.id')
    .selectAll('e')
    .select(KNOWN)
    .orderBy('e.createdAt', 'desc')
    .orderBy('e.id', 'desc')
    .execute();
}

function newestIn(sql: Sql, stored: StoredState, most: number, last: Place | null) {
  const all = sql
    .selectFrom('Evaluation as e')
    .select(['e.id', 'e.createdAt'])
    .where('e.state', '=', stored.state)
    .orderBy('e.createdAt', 'desc')
    .orderBy('e.id', 'desc')
    .limit(most);
  const newest =
    stored.checkpoint === null
      ? all
      : all.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('Checkpoint as c')
              .select('c.id')
              .whereRef('c.id', '=', 'e.checkpointId')
              .where(isShownAs([stored])),
          ),
        );
  if (last === null) return newest;
  return newest.where(({ eb, refTuple, tuple }) =>
    eb(refTuple('e.createdAt', 'e.id'), '<', tuple(last.createdAt, last.id)),
  );
}

interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

const Cursor = z
  .tuple([z.iso.datetime(), z.guid()])
  .transform(([createdAt, id]): Place => ({ createdAt: new Date(createdAt), id }));

function cursorOf({ createdAt, id }: Place): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

/** The values of a cursor, which may come from anyone. */
function readCursor(cursor: string): Place {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new EvaluationCursorError();
  }
}
