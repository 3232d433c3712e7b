'use client';

import { useRouter } from 'next/navigation';
import { useMemo, useRef } from 'react';
import { BiasCaution } from '../figure/bias-caution.tsx';
import type { TasksQuery } from '../generated/graphql.ts';
import { LivenessNote } from '../live/liveness.tsx';
import { bestOf } from './best.ts';
import styles from './board.module.css';
import { BoardTable } from './board-table.tsx';
import { GroupChips } from './chips.tsx';
import { ColumnNote } from './column-note.tsx';
import { EmptyBoard } from './empty.tsx';
import type { OrderedPage } from './follow-page.ts';
import { Lists } from './lists.tsx';
import { MeasuredOn } from './measured-on.tsx';
import { ordered } from './order.ts';
import { Pager } from './pager.tsx';
import { Strip } from './strip.tsx';
import { useBoard } from './use-board.ts';
import { useColumns } from './use-columns.ts';
import { useHeldOrder } from './use-held-order.ts';
import { orderOf, type View, viewHref } from './view.ts';

type BoardProps = {
  initial: OrderedPage;
  tasks: TasksQuery['tasks'];
  dataSet: TasksQuery['dataSet'];
  pageSize: number;
  after: string | null;
  protocol: string | null;
};

export function Board({ initial, tasks, dataSet, pageSize, after, protocol }: BoardProps) {
  const { page: board, order } = useBoard(initial, pageSize, after, protocol);
  const columns = useColumns(board, tasks);
  const { all, offer, view, visible, chosen } = columns;
  const router = useRouter();
  const unordered = useMemo(() => board.edges.map(({ node }) => node), [board.edges]);
  const asked = orderOf(view, board.rankingMetric);
  // rows of a single page are put in order here, and so are those of several until the server's have come
  const isOrdered = asked?.column === order?.column && asked?.descending === order?.descending;
  const wanted = isOrdered || !chosen ? unordered : ordered(unordered, chosen.index, view.ascending);
  const table = useRef<HTMLDivElement>(null);
  const { rows, waiting, apply } = useHeldOrder(wanted, `${view.sort} ${view.ascending} ${after} ${isOrdered}`, table);
  const best = useMemo(() => bestOf(unordered, all), [unordered, all]);

  const hrefOf = (list: string | null) => viewHref({ ...view, after: null, protocol: list }, offer);
  const lists = <Lists current={view.protocol} others={board.otherProtocols} href={hrefOf} />;
  if (!chosen || (rows.length === 0 && after === null))
    return (
      <>
        {lists}
        <EmptyBoard />
      </>
    );
  const go = (next: View) => {
    const href = viewHref(next, offer);
    // another page is another question to the server
    if (next.after === after) window.history.pushState(null, '', href);
    else router.push(href);
  };
  return (
    <>
      <LivenessNote />
      {lists}
      <Strip rows={rows} column={chosen} />
      <div className={styles.toolbar}>
        <GroupChips view={view} offer={offer} shown={visible.length} total={all.length} onView={go} />
        <OrderChanged apply={waiting ? apply : null} />
      </div>
      {visible.some(({ bias }) => bias) && <BiasCaution />}
      <BoardTable
        table={table}
        columns={columns}
        rows={rows}
        best={best}
        rankingMetric={board.rankingMetric}
        onView={go}
      />
      <Pager board={board} view={view} offer={offer} isOrdered={isOrdered} />
      <MeasuredOn dataSet={dataSet} tasks={tasks} rows={unordered} />
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

/** @param apply null: the rows stand as they should. */
function OrderChanged({ apply }: { apply: (() => void) | null }) {
  return (
    <span role="status" className={styles.reorder}>
      {apply && (
        <button type="button" className={styles.apply} onClick={apply}>
          Order changed, apply
        </button>
      )}
    </span>
  );
}
