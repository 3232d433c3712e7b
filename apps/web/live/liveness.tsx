'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import styles from './live.module.css';
import { currentLiveness, watchLiveness } from './socket.ts';

/** Says so when what is shown is no longer kept up to date; nothing is said for losses under a second. */
export function LivenessNote() {
  const liveness = useSyncExternalStore(watchLiveness, currentLiveness, () => 'connecting' as const);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(liveness === 'lost'), liveness === 'lost' ? 1000 : 0);
    return () => clearTimeout(timer);
  }, [liveness]);
  return (
    <div role="status" className={styles.note}>
      {shown && <span>Live updates paused, reconnecting. The figures are those of a moment ago.</span>}
    </div>
  );
}
