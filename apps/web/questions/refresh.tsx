'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { currentPulse, watchPulse } from '../live/active.ts';

/**
 * Asks the server for the page again when an evaluation has ended, which may be one that a question waits for. `active`: how
 * many were on their way when the page was made; the header follows how many are now.
 */
export function RefreshWhenEnded({ active }: { active: number }) {
  const router = useRouter();
  useEffect(() => {
    let before = active;
    return watchPulse(() => {
      const now = currentPulse()?.active ?? before;
      if (now < before) router.refresh();
      before = now;
    });
  }, [active, router]);
  return null;
}
