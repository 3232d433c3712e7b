import type { PairedMetric } from '@gdbench/benchmark/paired';
import { LRUCache } from 'lru-cache';
import { Tinypool } from 'tinypool';
import { busy } from '../graphql/errors.ts';
import type { PairingJob } from './pairing-thread.ts';

/** What is asked of a pairing; where it is computed is known. */
export type Pair = Omit<PairingJob, 'databaseUrl' | 'root'>;

export interface Pairing {
  /** Tests a task of two finished evaluations, which never change: the result is kept. @throws where too many wait. */
  test(pair: Pair): Promise<PairedMetric[]>;
  close(): Promise<void>;
}

/** Results that are kept, one a task of a pair of evaluations; each is some kilobytes. */
const KEPT = 1_000;
/** Tasks that may wait for the thread; the largest official ones take seconds each. */
const MOST_WAITING = 100;
/** The thread keeps the data that it has read until it has had nothing to do for so long. */
const IDLE_MS = 600_000;

/**
 * Runs paired tests in one thread beside the API's own: a comparison of all tasks computes for seconds, and whoever asks for
 * many takes no more than one core.
 */
export function openPairing({ databaseUrl, root }: Pick<PairingJob, 'databaseUrl' | 'root'>): Pairing {
  const pool = new Tinypool({
    filename: new URL('pairing-thread.ts', import.meta.url).href,
    name: 'pair',
    execArgv: [],
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    // else an idle thread stands still and does not see that the database has closed its connection
    useAtomics: false,
  });
  const kept = new LRUCache<string, Promise<PairedMetric[]>>({ max: KEPT });
  return {
    test(pair) {
      const key = JSON.stringify([pair.left, pair.right, pair.task]);
      const present = kept.get(key);
      if (present) return present;
      if (pool.queueSize >= MOST_WAITING)
        throw busy('Too many comparisons are waiting already; try again in a moment.');
      const job: PairingJob = { ...pair, databaseUrl, root };
      const testing: Promise<PairedMetric[]> = pool.run(job);
      kept.set(key, testing);
      testing.catch(() => kept.delete(key));
      return testing;
    },
    close: () => pool.destroy(),
  };
}
