import { dataArrival } from '@gdbench/benchmark/arrival';
import { pino } from 'pino';
import { type RunningWorker, startWorker } from './run.ts';
import type { WorkerSettings } from './settings.ts';

/** Longer than the moment a child has to drop its work, shorter than the patience of what started us. */
const STOP_MS = 10_000;

/**
 * Runs a worker until a signal and ends the process. The first SIGINT or SIGTERM stops it in order (the running shard is
 * given back); a second, or a stop that takes too long, ends it at once. Children end with this process.
 */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const log = pino({ level: settings.logLevel });
  let worker: RunningWorker | undefined;
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) {
      log.warn(`${signal} again: ending at once`);
      process.exit(1);
    }
    stopping = true;
    log.info(`${signal}: stopping`);
    setTimeout(() => {
      log.warn('stopping took too long: ending at once');
      process.exit(1);
    }, STOP_MS).unref();
    await worker?.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, (received) => void stop(received));
  worker = await startWorker(settings, { log, arrival: dataArrival() });
  process.send?.({ ready: true });
}
