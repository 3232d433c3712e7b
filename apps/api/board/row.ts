import { pValueOf } from '@gdbench/benchmark/display';
import type { BoardCell, BoardRow } from '@gdbench/prisma/leaderboard';
import type { LeaderboardRowParent } from '../graphql/mappers.ts';

/** The lists of a row that stand beside the board's columns. */
export type RowLists = Pick<LeaderboardRowParent, 'values' | 'lows' | 'highs' | 'counts' | 'complete' | 'pValues'>;

const NOT_MEASURED: BoardCell | [null, null, null, null, false] = [null, null, null, null, false];

/** A row's results, one entry a column ("<task>.<metric>"). */
export function rowLists(results: BoardRow['results'], columns: readonly string[]): RowLists {
  const cells = columns.map((column) => results[column] ?? NOT_MEASURED);
  return {
    values: cells.map((cell) => cell[0]),
    lows: cells.map((cell) => cell[1]),
    highs: cells.map((cell) => cell[2]),
    counts: cells.map((cell) => cell[3]),
    complete: cells.map((cell) => cell[4]),
    pValues: columns.map((column) => {
      const name = pValueOf(column);
      return name === null ? null : (results[name]?.[0] ?? null);
    }),
  };
}
