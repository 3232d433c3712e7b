'use client';

import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import type { BoardPageFragment, TasksQuery } from '../generated/graphql.ts';
import { type Column, columnsOf, firstShow, groupsOf, shownColumns } from './columns.ts';
import { type Offer, parseView, type View } from './view.ts';

export type Columns = {
  /** All that the board has. */
  all: readonly Column[];
  offer: Offer;
  /** What the address asks for. */
  view: View;
  /** Those that the view shows. */
  visible: readonly Column[];
  /** The one that orders the rows; undefined where the board has none. */
  chosen: Column | undefined;
};

export function useColumns({ metrics, rankingMetric }: BoardPageFragment, tasks: TasksQuery['tasks']): Columns {
  const all = useMemo(() => columnsOf(metrics, rankingMetric, tasks), [metrics, rankingMetric, tasks]);
  const offer = { metrics, groups: groupsOf(all), first: firstShow(all) };
  const view = parseView(useSearchParams(), offer);
  const chosen = all.find(({ metric }) => metric === (view.sort ?? rankingMetric)) ?? all[0];
  return { all, offer, view, visible: shownColumns(all, view.show), chosen };
}
