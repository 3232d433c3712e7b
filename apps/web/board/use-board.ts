'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { BoardPulseChangedDocument } from '../generated/graphql.ts';
import { tellPulse } from '../live/active.ts';
import { useApiOrigin } from '../live/origin.tsx';
import { follow } from '../live/socket.ts';
import { followPage, type OrderedPage } from './follow-page.ts';
import { orderOf, parseSort } from './view.ts';

/** The least time between two renderings of a board that changes all the time, in milliseconds. */
const REDRAW = 100;

/**
 * The board as it is now: what the server rendered, then what the subscription says. Only the first page is pushed; a later
 * page asks the server again when the board's version moved. Where there is more than one page, the one at hand is the first of
 * the order that the address asks for, as soon as it has come.
 */
export function useBoard(
  initial: OrderedPage,
  first: number,
  after: string | null,
  protocol: string | null,
): OrderedPage {
  const origin = useApiOrigin();
  const router = useRouter();
  const params = useSearchParams();
  const [board, setBoard] = useState(initial);
  const { page } = board;
  const isPaged = after !== null || page.pageInfo.hasNextPage;
  const order = isPaged ? orderOf(parseSort(params, page.metrics), page.rankingMetric) : null;
  const [column, descending] = [order?.column ?? null, order?.descending ?? true];

  useEffect(() => {
    setBoard(initial);
    tellPulse(initial.page);
  }, [initial]);

  useEffect(() => {
    if (after !== null) return;
    const redraw = latest<OrderedPage>(REDRAW, (next) => {
      setBoard(next);
      tellPulse(next.page);
    });
    const asked = column === null ? null : { column, descending };
    const stop = followPage(origin, { first, protocol, order: asked }, redraw.push);
    return () => {
      stop();
      redraw.cancel();
    };
  }, [origin, first, after, protocol, column, descending]);

  const version = initial.page.boardVersion;
  useEffect(() => {
    if (after === null) return;
    const refresh = latest<void>(2000, () => router.refresh());
    const stop = follow(origin, BoardPulseChangedDocument, {}, ({ leaderboardChanged }) => {
      tellPulse(leaderboardChanged);
      if (leaderboardChanged.boardVersion !== version) refresh.push();
    });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [origin, after, version, router]);

  return board;
}

/** Calls `use` with the newest value at most once in `wait` milliseconds; the last value always arrives. */
function latest<T>(wait: number, use: (value: T) => void): { push: (value: T) => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let newest: { value: T } | undefined;
  const fire = () => {
    timer = undefined;
    last = performance.now();
    if (newest) use(newest.value);
    newest = undefined;
  };
  return {
    push: (value) => {
      newest = { value };
      timer ??= setTimeout(fire, Math.max(0, wait - (performance.now() - last)));
    },
    cancel: () => clearTimeout(timer),
  };
}
