import type { Provider } from './device.ts';

export interface Placed<S> {
  readonly session: S;
  readonly device: Provider;
}

/** A session, and the one on the CPU that takes its place when its device fails while it runs. */
export interface Fallback<S> {
  /** What runs as things stand. */
  readonly current: Placed<S>;
  /** @throws what `work` throws on the CPU, or what the session there cannot be made for. */
  run<T>(work: (session: S) => Promise<T>): Promise<T>;
}

/**
 * Runs that fail at the same time share one session on the CPU.
 *
 * @param takePlace makes the session on the CPU, and releases the failed one; called once at most.
 */
export function withFallback<S>(
  first: Placed<S>,
  takePlace: (failed: Placed<S>, error: unknown) => Promise<S>,
): Fallback<S> {
  let current = first;
  let onCpu: Promise<S> | undefined;
  return {
    get current() {
      return current;
    },
    async run(work) {
      // Another run may change what is current before this one fails.
      const used = current;
      try {
        return await work(used.session);
      } catch (error) {
        if (used.device === 'cpu') throw error;
        onCpu ??= takePlace(used, error).then((session) => {
          current = { session, device: 'cpu' };
          return session;
        });
        return await work(await onCpu);
      }
    },
  };
}
