import { HEARTBEAT_SECONDS, LEASE_SECONDS } from '@gdbench/prisma/lease';

/** A worker's sign of life, which is given only while each of those who take work has shown within a lease that it can. */
export interface SignOfLife {
  /** This one has fetched work, or renewed the lease of what it has. */
  beat(of: string): void;
}

export function createSignOfLife(
  loops: readonly string[],
  write: () => Promise<unknown>,
  onError: (error: unknown) => void,
  clock: () => number = () => performance.now(),
): SignOfLife {
  const beats = new Map<string, number>();
  let written = Number.NEGATIVE_INFINITY;
  return {
    beat(of) {
      const now = clock();
      beats.set(of, now);
      const areAll = loops.every((loop) => now - (beats.get(loop) ?? Number.NEGATIVE_INFINITY) < LEASE_SECONDS * 1_000);
      if (!areAll || now - written < HEARTBEAT_SECONDS * 1_000) return;
      written = now;
      write().catch((error) => {
        written = Number.NEGATIVE_INFINITY;
        onError(error);
      });
    },
  };
}
