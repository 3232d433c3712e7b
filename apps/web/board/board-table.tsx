'use client';

import type { MouseEvent, RefObject } from 'react';
import styles from './board.module.css';
import { BoardRow } from './board-row.tsx';
import { ColumnHeader } from './column-header.tsx';
import type { Row } from './order.ts';
import type { Columns } from './use-columns.ts';
import { sortedBy, type View, viewHref } from './view.ts';

export function BoardTable({
  table,
  columns: { visible, chosen, view, offer },
  rows,
  best,
  rankingMetric,
  onView,
}: {
  table: RefObject<HTMLDivElement | null>;
  columns: Columns;
  rows: readonly Row[];
  /** By row and column index: the best of its column, or not to be told apart from it. */
  best: ReadonlyMap<string, readonly boolean[]>;
  rankingMetric: string;
  onView: (next: View) => void;
}) {
  const sort = (metric: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onView(sortedBy(view, metric, rankingMetric));
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section ref={table} className={`panel ${styles.board}`} aria-label="Leaderboard, scrolls sideways" tabIndex={0}>
      <table aria-label="Leaderboard">
        <thead>
          <tr>
            <th scope="col" className={styles.rank}>
              Rank
            </th>
            <th scope="col" className={styles.name}>
              Checkpoint
            </th>
            {visible.map((column, i) => (
              <ColumnHeader
                key={column.metric}
                column={column}
                firstOfGroup={column.group !== visible[i - 1]?.group}
                sort={column === chosen ? (view.ascending ? 'ascending' : 'descending') : null}
                href={viewHref(sortedBy(view, column.metric, rankingMetric), offer)}
                onSort={sort(column.metric)}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <BoardRow key={row.evaluation.id} row={row} columns={visible} best={best.get(row.evaluation.id) ?? []} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
