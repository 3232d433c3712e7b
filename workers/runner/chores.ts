import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@gdbench/prisma/database';
import { Logger, type Runner, run, type TaskList } from 'graphile-worker';
import type { Logger as Pino } from 'pino';

export interface Chores {
  /** Stops fetching and resolves when the chore under way has ended. */
  stop(): Promise<void>;
}

interface ChoreOptions {
  readonly databaseUrl: string;
  readonly tasks: TaskList;
  readonly log: Pino;
  /** Told under which name chores are locked from now on. */
  onName(name: string): void;
  /** Seconds without a fetch after which the library is started anew; default FETCH_SECONDS. */
  readonly seconds?: number;
}

/** One to be told of new chores, one to take them. */
export const CHORE_CONNECTIONS = 2;
const RESTART_MS = 1_000;
/** Also how long a lost notification can delay a chore. */
const POLL_MS = 2_000;
/** The library looks for chores more often than that, unless it waits for what never comes. */
const FETCH_SECONDS = 10;

/**
 * Does chores, one at a time, for ever: the library gives up after a long loss of the database, and after a short one it may wait for
 * what never comes; it is started anew on fresh connections. Resolves when chores are being taken.
 */
export async function startChores(options: ChoreOptions): Promise<Chores> {
  const stopping = new AbortController();
  let current: Runner | undefined;
  let onStarted: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    onStarted = resolve;
  });
  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      await runOnce(options, stopping.signal, (runner) => {
        current = runner;
        onStarted();
      });
      current = undefined;
      await sleep(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const running = keepRunning();
  await started;
  return {
    async stop() {
      stopping.abort();
      await current?.stop().catch(() => {});
      await running;
    },
  };
}

/** One life of the library's runner: resolves when it has ended, or fetches no more. */
async function runOnce(
  { databaseUrl, tasks, log, onName, seconds = FETCH_SECONDS }: ChoreOptions,
  stopping: AbortSignal,
  onStart: (runner: Runner) => void,
): Promise<void> {
  // ours, since of its own the library hears nothing any more before the last connection has ended
  const pool = openPool(databaseUrl, {
    poolSize: CHORE_CONNECTIONS,
    onError: (error) => log.debug({ error: String(error) }, 'a connection for chores was lost'),
  });
  const watchdog = watch(seconds);
  try {
    const runner = await Promise.race([
      run({
        pgPool: pool.pool,
        concurrency: 1,
        noHandleSignals: true,
        pollInterval: POLL_MS,
        taskList: tasks,
        parsedCronItems: [],
        logger: libraryLogger(log),
        // chores are completed in batches of one because only then does the library retry a lost connection
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        events: watchdog.events,
      }),
      watchdog.asleep,
    ]);
    onName(watchdog.name());
    onStart(runner);
    if (stopping.aborted) await runner.stop();
    await Promise.race([runner.promise, watchdog.asleep]);
  } catch (error) {
    log.warn({ error: String(error) }, 'chores stopped and are started anew');
  } finally {
    watchdog.stop();
    pool.breakConnections();
    // not waited for: a connection that hangs must keep nothing from ending or starting anew
    void pool.pool.end();
  }
}

/** Sees by the library's own events whether it fetches, and under which name. */
function watch(seconds: number) {
  const events = new EventEmitter();
  let name = '';
  let seen = performance.now();
  let isBusy = false;
  const see = (busy: boolean) => () => {
    seen = performance.now();
    isBusy = busy;
  };
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    name = workerPool.id;
  });
  events.on('worker:getJob:empty', see(false));
  events.on('job:start', see(true));
  for (const end of ['job:success', 'job:error', 'job:failed']) events.on(end, see(false));
  let looks: NodeJS.Timeout | undefined;
  const asleep = new Promise<never>((_, reject) => {
    looks = setInterval(() => {
      if (!isBusy && performance.now() - seen > seconds * 1_000)
        reject(new Error(`No chore could be fetched for ${seconds} s.`));
    }, seconds * 100);
  });
  asleep.catch(() => undefined); // nobody may be waiting for it any more
  return { events, asleep, name: () => name, stop: () => clearInterval(looks) };
}

function libraryLogger(log: Pino): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error(message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });
}
