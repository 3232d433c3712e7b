import { z } from 'zod';

/**
 * The order of the board. ORDER BY, the cursor and the predicate "after the cursor" are all made from this one list, so
 * that they cannot disagree. The last column is unique and never null, which makes the order total.
 */
const COLUMNS = [
  { sql: 'r."rankValue"', key: 'rankValue', direction: 'DESC', type: 'float8' },
  { sql: 'r."evaluationId"', key: 'evaluationId', direction: 'ASC', type: 'uuid' },
] as const;

const Cursor = z.tuple([z.number().nullable(), z.guid()]);
type Cursor = z.infer<typeof Cursor>;

/** The text is no cursor that a page of the board gave. */
export class InvalidCursorError extends Error {
  constructor() {
    super('The cursor is not one that a page of the leaderboard gave: take `endCursor` of the page before.');
    this.name = 'InvalidCursorError';
  }
}

/** Unfinished rows, whose value is null, come last. */
export const ORDER_BY = COLUMNS.map(({ sql, direction }) => `${sql} ${direction} NULLS LAST`).join(', ');

/** The cursor of a row. */
export function cursorOf(row: { rankValue: number | null; evaluationId: string }): string {
  return Buffer.from(JSON.stringify(COLUMNS.map(({ key }) => row[key]))).toString('base64url');
}

/** The values of a cursor, which may come from anyone. */
export function readCursor(cursor: string): Cursor {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new InvalidCursorError();
  }
}

/**
 * A condition that holds for rows after the cursor, and its parameters, which are numbered from `first`:
 * equal in the columns before, and further on in this one, for each column in turn.
 */
export function afterCursor(cursor: Cursor, first: number): { condition: string; parameters: unknown[] } {
  const parameter = (i: number) => `$${first + i}::${COLUMNS[i]!.type}`;
  const branches = COLUMNS.map((column, i) => {
    const equal = COLUMNS.slice(0, i).map(({ sql }, before) => `${sql} IS NOT DISTINCT FROM ${parameter(before)}`);
    const sign = column.direction === 'DESC' ? '<' : '>';
    // nulls are last: after every value, and nothing is after them
    const further = `${parameter(i)} IS NOT NULL AND (${column.sql} ${sign} ${parameter(i)} OR ${column.sql} IS NULL)`;
    return `(${[...equal, further].join(' AND ')})`;
  });
  return { condition: `(${branches.join(' OR ')})`, parameters: cursor };
}
