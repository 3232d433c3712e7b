import type { BoardPageFragment } from '../generated/graphql.ts';

export type Row = BoardPageFragment['edges'][number]['node'];

/**
 * Rows as a view wants them: measured ones by the column's value, then those whose value is not final, then those
 * without one. The given order (the board's own) decides what the column leaves open.
 */
export function ordered(rows: readonly Row[], index: number, ascending: boolean): Row[] {
  const direction = ascending ? 1 : -1;
  return rows
    .map((row, place) => ({ row, place, tier: tierOf(row, index), value: row.values[index] ?? 0 }))
    .sort((a, b) => a.tier - b.tier || direction * (a.value - b.value) || a.place - b.place)
    .map(({ row }) => row);
}

function tierOf(row: Row, index: number): number {
  if (row.values[index] == null) return 2;
  return row.complete[index] ? 0 : 1;
}

/**
 * The rows in the order in which the reader last saw them; new ones at the end. This is what stays on the screen while
 * the pointer is over the table.
 */
export function held(rows: readonly Row[], shown: readonly string[]): Row[] {
  const places = new Map(shown.map((id, place) => [id, place]));
  const place = (row: Row) => places.get(row.evaluation.id) ?? Number.POSITIVE_INFINITY;
  return rows
    .map((row, i) => ({ row, i, place: place(row) }))
    .sort((a, b) => (a.place === b.place ? a.i - b.i : a.place - b.place))
    .map(({ row }) => row);
}

export function idsOf(rows: readonly Row[]): string[] {
  return rows.map(({ evaluation }) => evaluation.id);
}

export function sameOrder(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, i) => row.evaluation.id === b[i]?.evaluation.id);
}

/** Changes of this text are worth a reader's eye: a state, a first figure, a final figure. */
export function signature(row: Row): string {
  const figures = row.values.map((value, i) => (value == null ? '-' : row.complete[i] ? value.toFixed(4) : '~'));
  return [row.evaluation.state, row.rankFirst, row.rankLast, ...figures].join(' ');
}
