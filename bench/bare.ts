import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BareBatch, BareStart } from './bare-thread.ts';

export interface BareSetting {
  readonly batch: number;
  readonly threads: number;
  readonly sessions: number;
}

/** Sessions side by side, each in a thread with a loop of its own. */
export interface Bare {
  /** Rows a second of all of them together. */
  rate(batch: BareBatch, ms: number): Promise<number>;
  close(): Promise<void>;
}

export async function openBare(file: string, { threads, sessions }: BareSetting): Promise<Bare> {
  const workers = Array.from({ length: sessions }, () => {
    const workerData: BareStart = { file, threads };
    return new Worker(new URL('./bare-thread.ts', import.meta.url), { workerData, execArgv: [] });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    async rate(batch, ms) {
      const rates = workers.map(async (worker) => {
        worker.postMessage({ batch, ms });
        const [rate] = await once(worker, 'message');
        return rate as number;
      });
      return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
    },
    async close() {
      await Promise.all(
        workers.map(async (worker) => {
          worker.postMessage('close');
          await once(worker, 'exit');
        }),
      );
    },
  };
}

const BATCHES = [1, 4, 8, 16, 32, 64];
const SEARCH_MS = 400;

export interface Searched extends BareSetting {
  readonly rate: number;
}

/** Every batch with all cores for one session, and with a session a core; the fastest first. */
export async function searchBare(
  file: string,
  cores: number,
  batchOf: (rows: number) => BareBatch,
): Promise<Searched[]> {
  const layouts = [
    { threads: cores, sessions: 1 },
    ...(cores > 1
      ? [
          { threads: 1, sessions: 1 },
          { threads: 1, sessions: cores },
        ]
      : []),
  ];
  const found: Searched[] = [];
  for (const layout of layouts) {
    const bare = await openBare(file, { ...layout, batch: 1 });
    for (const batch of BATCHES) found.push({ ...layout, batch, rate: await bare.rate(batchOf(batch), SEARCH_MS) });
    await bare.close();
  }
  return found.sort((a, b) => b.rate - a.rate);
}
