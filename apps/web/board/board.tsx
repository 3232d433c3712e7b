'use client';

import { indistinguishableFromBest } from '@gdbench/benchmark/ranking';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { type MouseEvent, useMemo, useRef } from 'react';
import { BiasCaution } from '../figure/bias-caution.tsx';
import type { BoardPageFragment, TasksQuery } from '../generated/graphql.ts';
import { LivenessNote } from '../live/liveness.tsx';
import styles from './board.module.css';
import { BoardRow } from './board-row.tsx';
import { GroupChips } from './chips.tsx';
import { ColumnHeader } from './column-header.tsx';
import { ColumnNote } from './column-note.tsx';
import { type Column, columnsOf, firstShow, groupsOf, shownColumns } from './columns.ts';
import { EmptyBoard } from './empty.tsx';
import { Lists } from './lists.tsx';
import { MeasuredOn } from './measured-on.tsx';
import { ordered, type Row } from './order.ts';
import { Strip } from './strip.tsx';
import { useBoard } from './use-board.ts';
import { useHeldOrder } from './use-held-order.ts';
import { type Offer, parseView, sortedBy, type View, viewHref } from './view.ts';

export function Board({
  initial,
  tasks,
  dataSet,
  pageSize,
  after,
  protocol,
}: {
  initial: BoardPageFragment;
  tasks: TasksQuery['tasks'];
  dataSet: TasksQuery['dataSet'];
  pageSize: number;
  after: string | null;
  protocol: string | null;
}) {
  const board = useBoard(initial, pageSize, after, protocol);
  const { metrics, rankingMetric } = board;
  const columns = useMemo(() => columnsOf(metrics, rankingMetric, tasks), [metrics, rankingMetric, tasks]);
  const offer = { metrics, groups: groupsOf(columns), first: firstShow(columns) };
  const view = parseView(useSearchParams(), offer);
  const visible = shownColumns(columns, view.show);
  const chosen = columns.find(({ metric }) => metric === (view.sort ?? rankingMetric)) ?? columns[0];

  const all = board.edges.map(({ node }) => node);
  const isDefault = view.sort === null && !view.ascending;
  const wanted = isDefault || !chosen ? all : ordered(all, chosen.index, view.ascending);
  const table = useRef<HTMLDivElement>(null);
  const { rows, waiting, apply } = useHeldOrder(wanted, `${view.sort} ${view.ascending} ${after}`, table);
  const best = useMemo(
    () =>
      bestOf(
        board.edges.map(({ node }) => node),
        columns,
      ),
    [board.edges, columns],
  );

  const lists = (
    <Lists
      current={view.protocol}
      others={board.otherProtocols}
      href={(protocol) => viewHref({ ...view, after: null, protocol }, offer)}
    />
  );
  if (!chosen || (rows.length === 0 && after === null))
    return (
      <>
        {lists}
        <EmptyBoard />
      </>
    );

  const go = (next: View) => window.history.pushState(null, '', viewHref(next, offer));
  const sort = (metric: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(sortedBy(view, metric, rankingMetric));
  };

  return (
    <>
      <LivenessNote />
      {lists}
      <Strip rows={rows} column={chosen} />
      <div className={styles.toolbar}>
        <GroupChips view={view} offer={offer} shown={visible.length} total={columns.length} onView={go} />
        <span role="status" className={styles.reorder}>
          {waiting && (
            <button type="button" className={styles.apply} onClick={apply}>
              Order changed, apply
            </button>
          )}
        </span>
      </div>
      {visible.some(({ bias }) => bias) && <BiasCaution />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
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
      <Pager board={board} view={view} offer={offer} sortedPage={!isDefault} />
      <MeasuredOn dataSet={dataSet} tasks={tasks} rows={all} />
      <p className={styles.legend}>
        Bold: the best of a column and all that cannot be told apart from it. The underlined column ranks; a range of
        ranks is what the intervals leave open. A hollow mark with a dashed interval is the value so far.
      </p>
      {visible.map((column) => (
        <ColumnNote key={column.metric} column={column} />
      ))}
    </>
  );
}

function Pager({
  board,
  view,
  offer,
  sortedPage,
}: {
  board: BoardPageFragment;
  view: View;
  offer: Offer;
  sortedPage: boolean;
}) {
  const { hasNextPage, endCursor } = board.pageInfo;
  if (!hasNextPage && view.after === null) return null;
  return (
    <nav className={styles.pager} aria-label="Pages">
      {view.after !== null && <Link href={viewHref({ ...view, after: null }, offer)}>First page</Link>}
      {hasNextPage && endCursor && <Link href={viewHref({ ...view, after: endCursor }, offer)}>Next page</Link>}
      <span className="muted">
        {board.edges.length} of {board.total} checkpoints
        {sortedPage && ', sorted within this page'}
      </span>
    </nav>
  );
}

/** For each row, by column index: is it the best of its column, or not to be told apart from it? Bias has no best. */
function bestOf(rows: readonly Row[], columns: readonly Column[]): Map<string, boolean[]> {
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
