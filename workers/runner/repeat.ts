export interface Repeat {
  /** Stops and waits for the run under way. */
  stop(): Promise<void>;
}

/**
 * Runs `action` now and then every so many seconds, never twice at once. What it throws goes to `onError`: a server that
 * restarts must not end the repetition.
 */
export function repeat(seconds: number, action: () => Promise<unknown>, onError: (error: unknown) => void): Repeat {
  let running: Promise<void> | undefined;
  const run = () => {
    running ??= action()
      .then(() => {}, onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(run, seconds * 1_000);
  run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
