import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@gdbench/prisma/database';
import { Logger, type Runner, run, type TaskList } from 'graphile-worker';
import type { Logger as Pino } from 'pino';

export interface Queue {
  /** Stops fetching and resolves when the job under way has ended. */
  stop(): Promise<void>;
}

const RESTART_MS = 1_000;
const CONNECTIONS = 3;
/** Also how long a lost notification can delay a job. */
const POLL_MS = 2_000;

/**
 * Takes jobs of the given kinds from the queue, one at a time. The queue library gives up after a long loss of the
 * database; it is then started anew, for ever. Resolves when jobs are being taken.
 */
export async function startQueue(databaseUrl: string, tasks: TaskList, log: Pino): Promise<Queue> {
  const stopping = new AbortController();
  let runner: Runner | undefined;
  let started: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  const logger = new Logger(() => (level, message) => {
    if (level === 'error') log.error(message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });

  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      // ours, since of its own the library hears nothing any more before the last connection has ended
      const pool = openPool(databaseUrl, {
        poolSize: CONNECTIONS,
        onError: (error) => log.debug({ error: String(error) }, 'a connection of the queue was lost'),
      });
      try {
        runner = await run({
          pgPool: pool,
          concurrency: 1,
          noHandleSignals: true,
          pollInterval: POLL_MS,
          taskList: tasks,
          parsedCronItems: [],
          logger,
          // jobs are completed in batches of one because only then does the library retry a lost connection
          preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        });
        started();
        if (stopping.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        log.warn({ error: String(error) }, 'the queue stopped and is started anew');
      } finally {
        // not waited for: a connection that hangs must keep nothing from ending or starting anew
        void pool.end();
      }
      runner = undefined;
      await sleep(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const running = keepRunning();
  await ready;
  return {
    async stop() {
      stopping.abort();
      await runner?.stop().catch(() => {});
      await running;
    },
  };
}
