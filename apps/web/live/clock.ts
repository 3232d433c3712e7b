'use client';

import { useEffect, useState } from 'react';

/** The time in milliseconds, every second; the server's own until the page is alive, so that both render alike. */
export function useNow(serverNow: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
