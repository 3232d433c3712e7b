'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { BoardChangedDocument, type BoardPageFragment, BoardPulseChangedDocument } from '../generated/graphql.ts';
import { tellPulse } from '../live/active.ts';
import { useApiOrigin } from '../live/origin.tsx';
import { follow } from '../live/socket.ts';

/** The least time between two renderings of a board that changes all the time, in milliseconds. */
const REDRAW = 100;

/**
 * The board as it is now: what the server rendered, then what the subscription says. Only the first page is pushed; a later
 * page asks the server again when the board's version moved.
 */
export function useBoard(
  initial: BoardPageFragment,
  first: number,
  after: string | null,
  protocol: string | null,
): BoardPageFragment {
  const origin = useApiOrigin();
  const router = useRouter();
  const [board, setBoard] = useState(initial);

  useEffect(() => {
    setBoard(initial);
    tellPulse(initial);
  }, [initial]);

  useEffect(() => {
    if (after !== null) return;
    const redraw = latest<BoardPageFragment>(REDRAW, (next) => {
      setBoard(next);
      tellPulse(next);
    });
    const stop = follow(origin, BoardChangedDocument, { first, protocol }, ({ leaderboardChanged }) =>
      redraw.push(leaderboardChanged),
    );
    return () => {
      stop();
      redraw.cancel();
    };
  }, [origin, first, after, protocol]);

  const version = initial.boardVersion;
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
