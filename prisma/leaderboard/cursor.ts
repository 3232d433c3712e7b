import { z } from 'zod';

/** A column that orders the board. */
export interface Sort {
  /** "<task>.<metric>" */
  readonly column: string;
  /** The greatest value first. */
  readonly descending: boolean;
}

/**
 * Where a row stands in a list: the tier of its value (measured, so far, none), the value, and the evaluation, which makes the
 * order total.
 */
export interface Place {
  readonly tier: number;
  readonly value: number | null;
  readonly evaluationId: string;
}

const ByRank = z.tuple([z.number().nullable(), z.guid()]);
const ByColumn = z.tuple([z.string(), z.boolean(), z.number(), z.number().nullable(), z.guid()]);

/** The text is no cursor that a page of the board gave, or one of another order. */
export class InvalidCursorError extends Error {
  constructor() {
    super(
      'The cursor is not one that a page of the leaderboard in this order gave: take `endCursor` of the page before.',
    );
    this.name = 'InvalidCursorError';
  }
}

/** @param sort null: the board's own order, which has a tier for rows with a rank and one for rows without */
export function cursorOf({ tier, value, evaluationId }: Place, sort: Sort | null): string {
  const parts = sort ? [sort.column, sort.descending, tier, value, evaluationId] : [value, evaluationId];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * The place of a cursor, which may come from anyone.
 *
 * @throws InvalidCursorError
 */
export function readCursor(cursor: string, sort: Sort | null): Place {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (sort === null) {
      const [value, evaluationId] = ByRank.parse(parts);
      return { tier: value === null ? 1 : 0, value, evaluationId };
    }
    const [column, descending, tier, value, evaluationId] = ByColumn.parse(parts);
    if (column === sort.column && descending === sort.descending) return { tier, value, evaluationId };
  } catch {}
  throw new InvalidCursorError();
}
