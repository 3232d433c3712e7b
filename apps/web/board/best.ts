import { indistinguishableFromBest } from '@gdbench/benchmark/ranking';
import type { Column } from './columns.ts';
import type { Row } from './order.ts';

/** For each row, by column index: is it the best of its column, or not to be told apart from it? Bias has no best. */
export function bestOf(rows: readonly Row[], columns: readonly Column[]): Map<string, boolean[]> {
  const marks = new Map(rows.map(({ evaluation }) => [evaluation.id, [] as boolean[]]));
  for (const { index, bias } of columns) {
    const pick = (list: 'values' | 'lows' | 'highs') =>
      rows.map((row) => (row.complete[index] ? (row[list][index] ?? null) : null));
    const best = bias ? [] : indistinguishableFromBest(pick('values'), pick('lows'), pick('highs'));
    rows.forEach((row, i) => {
      const list = marks.get(row.evaluation.id);
      if (list) list[index] = best[i] ?? false;
    });
  }
  return marks;
}
