'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useSyncExternalStore } from 'react';
import { BoardPulseChangedDocument } from '../generated/graphql.ts';
import { currentPulse, type Pulse, tellPulse, watchPulse } from '../live/active.ts';
import { useApiOrigin } from '../live/origin.tsx';
import { follow } from '../live/socket.ts';
import styles from './shell.module.css';

function usePulse(initial: Pulse | null): Pulse | null {
  return useSyncExternalStore(
    watchPulse,
    () => currentPulse() ?? initial,
    () => initial,
  );
}

/** "2 evaluating" in the header. The board itself tells the number where it is shown; elsewhere this part asks. */
export function EvaluatingPulse({ initial }: { initial: Pulse | null }) {
  const origin = useApiOrigin();
  const onBoard = usePathname() === '/';
  const pulse = usePulse(initial);
  useEffect(() => {
    if (onBoard) return;
    return follow(origin, BoardPulseChangedDocument, {}, ({ leaderboardChanged }) => tellPulse(leaderboardChanged));
  }, [origin, onBoard]);
  if (!pulse || pulse.active === 0) return null;
  return (
    <span className={styles.pulse}>
      {pulse.active}
      <span className={styles.wide}> evaluating</span>
    </span>
  );
}

export function BoardVersion({ initial }: { initial: Pulse | null }) {
  const pulse = usePulse(initial);
  return pulse ? <>Board version {pulse.boardVersion}</> : <>Board version not known</>;
}
