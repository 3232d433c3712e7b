import { hostname } from 'node:os';
import type { Arrival } from '@gdbench/benchmark/arrival';
import { EditionsFault, readEditions } from '@gdbench/benchmark/read-editions';
import { mostConnections, openDatabase } from '@gdbench/prisma/database';
import { listen } from '@gdbench/prisma/events';
import { SWEEP_SECONDS } from '@gdbench/prisma/lease';
import { migrateWhenThere } from '@gdbench/prisma/migrate';
import { sweep } from '@gdbench/prisma/work';
import { workerAlive } from '@gdbench/prisma/workers';
import { SettingsFault } from '@gdbench/settings/fault';
import { madeHome } from '@gdbench/settings/home';
import { removeHalfMade } from '@gdbench/storage/leftovers';
import { openStorage, StorageAddressError } from '@gdbench/storage/storage';
import { type Logger, pino } from 'pino';
import { openBoardData } from '../board-data.ts';
import { keepWarm, type WarmProcess } from '../child/warm.ts';
import type { Stage } from '../stages/stage.ts';
import { summariseChore } from '../stages/summarise/summarise.ts';
import { CHORE_CONNECTIONS, startChores } from './chores.ts';
import { createDoorbell } from './doorbell.ts';
import { createLoaded } from './loaded.ts';
import { createOwned, type Owned } from './owned.ts';
import { repeat } from './repeat.ts';
import type { WorkerSettings } from './settings.ts';
import { createSignOfLife } from './sign-of-life.ts';
import { LOOP_NAMES, loopOf, startWork } from './work.ts';

export interface RunningWorker {
  /** Stops fetching, gives the running shard back, and ends everything the worker started. */
  stop(): Promise<void>;
}

interface Parts {
  /** What has come of the data root; absent: it is complete. */
  arrival?: Arrival | undefined;
  log?: Logger;
  /** Where the child processes for scoring come from. */
  warm?: WarmProcess;
}

/** For claims, leases and results: of what waits for work, of what has it, and of the sweep. */
const CONNECTIONS = 3;
/** One that hears of work. */
const LISTENING = 1;

/** Starts a worker: it takes inspections, shards and chores until it is stopped. Resolves when it takes them. */
export async function startWorker(settings: WorkerSettings, parts: Parts = {}): Promise<RunningWorker> {
  const log = parts.log ?? pino({ level: settings.logLevel });
  const output = (line: string) => log.info({ child: 'score' }, line);
  const warm = parts.warm ?? keepWarm({ memoryBytes: settings.memoryBytes, onOutput: output });
  const stopping = new AbortController();
  const owned = createOwned((name, error) => log.warn({ error: String(error) }, `${name} did not end cleanly`));
  try {
    await start(settings, { ...parts, log, warm }, stopping, owned);
  } catch (error) {
    await owned.close();
    throw error;
  }
  return { stop: () => owned.close() };
}

/** Everything goes on the list as it is started; the list is ended from its last entry to its first. */
async function start(
  settings: WorkerSettings,
  { log, warm, arrival }: Parts & { log: Logger; warm: WarmProcess },
  stopping: AbortController,
  owned: Owned,
): Promise<void> {
  const away = (what: string) => (error: unknown) =>
    log.warn({ error: String(error) }, `${what} failed and is tried again`);
  // what is wrong with the settings is said before a database is waited for
  madeHome(settings.home);
  const editions = await readEditions(settings.editions).catch(asSettings);
  const storage = await openStorage(settings.storage).catch(asSettings);
  await migrateWhenThere(settings.databaseUrl, { signal: stopping.signal, onWaiting: (line) => log.warn(line) });
  const db = openDatabase(settings.databaseUrl, { poolSize: CONNECTIONS, onError: away('a database connection') });
  owned.add('database', () => db.close());

  owned.add('child process', () => warm.close());

  let choresId: string | null = null;
  const me = () => ({ id: settings.workerId, hostname: hostname(), device: settings.device, choresId });
  const alive = createSignOfLife(LOOP_NAMES, () => workerAlive(db, me()), away('the sign of life'));
  const sweeping = repeat(SWEEP_SECONDS, () => sweep(db), away('the sweep'));
  owned.add('sweep', () => sweeping.stop());
  const doorbell = createDoorbell();
  const listening = listen(settings.databaseUrl, {
    onEvent: (event) => ('work' in event ? doorbell.ring() : undefined),
    onConnect: () => doorbell.ring(),
    onError: away('hearing of work'),
  });
  owned.add('listening', () => listening.close());

  await Promise.all([removeHalfMade(settings.work), storage.tidy()]).catch(away('tidying up'));
  const stage: Stage = {
    db,
    storage,
    data: openBoardData(settings.data, arrival, editions),
    settings,
    log,
    loaded: createLoaded(warm),
    onRenewed: (kind) => alive.beat(loopOf(kind)),
    stopping: stopping.signal,
  };
  const chores = await startChores({
    databaseUrl: settings.databaseUrl,
    tasks: { summarise: summariseChore(stage) },
    log,
    onName(name) {
      choresId = name;
    },
  });
  // apart from each other, so that a submitter hears of a fault in seconds while a long shard is being scored
  const loops = LOOP_NAMES.map((loop) => startWork(stage, warm, loop, doorbell, () => alive.beat(loop)));
  owned.add('work', async () => {
    const stopped = [chores, ...loops].map((one) => one.stop());
    // fetching has stopped: what is under way may be given back now
    stopping.abort();
    await Promise.all(stopped);
  });
  const connections = CONNECTIONS + CHORE_CONNECTIONS + LISTENING;
  log.info(
    { worker: settings.workerId, data: settings.data, storage: settings.storage, connections },
    `taking jobs over at most ${connections} of the database's ${await mostConnections(db)} connections`,
  );
}

const asSettings = (error: unknown): never => {
  const isTheirs = error instanceof EditionsFault || error instanceof StorageAddressError;
  throw isTheirs ? new SettingsFault(error.message) : error;
};
