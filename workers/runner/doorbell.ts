/** Wakes those who wait for something that may be there. */
export interface Doorbell {
  ring(): void;
  /** Resolves with the next ring, or after so many milliseconds, or once the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Rings so far: who looks at it before and after knows whether one was missed. */
  readonly rings: number;
}

export function createDoorbell(): Doorbell {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    get rings() {
      return rings;
    },
    ring() {
      rings += 1;
      for (const wake of [...waiting]) wake();
    },
    wait(ms, signal) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        if (signal.aborted) wake();
      });
    },
  };
}
