import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isAlive } from '@gdbench/settings/alive';
import { started, urlOf } from '@gdbench/settings/running-database';
import { isFull } from './disk.ts';
import { SetupFault } from './fault.ts';
import { freePort } from './port.ts';
import {
  type Binaries,
  CommandError,
  findBinaries,
  findOwner,
  type Owner,
  run,
  versionOf,
} from './postgres/binaries.ts';
import { choosePort, createCluster, writeSettings } from './postgres/cluster.ts';
import { withLock } from './postgres/lock.ts';
import { dataFolder, findPlace, mayWrite } from './postgres/place.ts';
import { findRunning, readPostmaster, stopWithUs } from './postgres/running.ts';

interface EmbeddedOptions {
  /** The server's own folder: data, password, port, log. Made when missing, kept between runs. */
  dir: string;
  /** Default: the port of last time, else a free one. */
  port?: number;
  /** False for tests: nothing is flushed to the disk, and a power cut loses everything. */
  durable?: boolean;
  onProgress?(message: string): void;
}

export interface EmbeddedPostgres {
  /** Of the database "gdbench", with the password; it may not exist yet (`migrate` makes it). */
  readonly url: string;
  readonly port: number;
  /** Whether its process lives. */
  runs(): Promise<boolean>;
  /** Stops the server, waiting for a clean shutdown; safe to call twice. Leaves alone a server that another process started. */
  stop(): Promise<void>;
}

interface Server {
  dir: string;
  data: string;
  log: string;
  binaries: Binaries;
  owner: Owner | undefined;
  password: string;
}

/**
 * Starts PostgreSQL on 127.0.0.1. Recovers by itself from whatever an earlier run left that was killed; a server that
 * another running process started for the same folder is used as it is.
 *
 * @throws SetupFault with one sentence
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dir = resolve(options.dir);
  try {
    await mkdir(dir, { recursive: true });
    return await withLock(join(dir, 'starting'), () => start(dir, options));
  } catch (error) {
    throw await asFault(error, dir);
  }
}

async function start(
  dir: string,
  { port: asked, durable = true, onProgress }: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  const server = await prepare(dir, onProgress);
  const running = await findRunning(server.data, server.password);
  if (running) {
    const starter = Number(await readFile(started.by(dir), 'utf8').catch(() => ''));
    if (isAlive(starter)) {
      onProgress?.(
        `PostgreSQL runs already on port ${running.port}, started by process ${starter}, and is used as it is`,
      );
      return {
        url: urlOf(server.password, running.port),
        port: running.port,
        runs: async () => isAlive(running.pid),
        stop: async () => undefined,
      };
    }
    onProgress?.('stopping the server of a run that was killed');
    await stopServer(server);
  }
  const port = await choosePort(asked, started.port(dir));
  await writeSettings(server.data, port, durable);
  await writeFile(started.by(dir), String(process.pid));
  onProgress?.(`starting on port ${port}`);
  // of this run only: it is where the reason for a failed start is looked up
  await truncate(server.log).catch(() => undefined);
  try {
    await pgCtl(server, ['start', '--log', server.log, '--wait', '--timeout', '120']);
  } catch (error) {
    throw (await isTaken(port, server.data)) ? new SetupFault(PORT_IS_TAKEN) : error;
  }
  await writeFile(started.port(dir), String(port));
  const postmaster = await readPostmaster(server.data);
  const callOff = stopWithUs(server.data, postmaster?.pid ?? 0);
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(server.password, port),
    port,
    runs: async () => postmaster !== null && isAlive(postmaster.pid),
    stop() {
      callOff();
      stopping ??= stopServer(server);
      return stopping;
    },
  };
}

/** Beside the data, where the server may write. */
const logOf = (data: string) => `${data}.log`;

async function prepare(dir: string, onProgress: EmbeddedOptions['onProgress']): Promise<Server> {
  const owner = await findOwner();
  const installed = await findBinaries();
  const { data, binaries } = await findPlace(dir, installed, owner);
  const password = await readPassword(started.password(dir));
  if (existsSync(join(data, VERSION_FILE))) await requireVersion(data, dir, await versionOf(installed));
  else {
    onProgress?.('making the data folder');
    await createCluster({ data, binaries }, password, owner);
  }
  const log = logOf(data);
  if (owner) {
    await writeFile(log, '', { flag: 'a' });
    await chown(log, owner.uid, owner.gid);
  }
  return { dir, data, log, binaries, owner, password };
}

/** Made once, whole or not at all, by whoever holds the lock; an empty one is what a full disk left. */
async function readPassword(path: string): Promise<string> {
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present) return present;
  const password = randomBytes(24).toString('hex');
  await writeFile(`${path}.new`, password, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return password;
}

function pgCtl({ binaries, data, owner }: Server, args: string[]): Promise<string> {
  return run(binaries.pg_ctl, [...args, '--pgdata', data], { owner, cwd: data });
}

async function stopServer(server: Server): Promise<void> {
  try {
    if (await readPostmaster(server.data)) await pgCtl(server, ['stop', '--mode', 'fast', '--wait', '--timeout', '30']);
  } catch (error) {
    // gone by itself in the meantime, or hanging
    if (await readPostmaster(server.data))
      await pgCtl(server, ['stop', '--mode', 'immediate', '--wait']).catch(() => Promise.reject(error));
  }
  await rm(started.by(server.dir), { force: true });
}

/** Where a data folder says by which PostgreSQL it was made, "18". */
const VERSION_FILE = 'PG_VERSION';

/** @throws SetupFault where the data are of another major version than the programs. */
async function requireVersion(data: string, dir: string, version: string): Promise<void> {
  const made = Number.parseInt(await readFile(join(data, VERSION_FILE), 'utf8'), 10);
  // one that says nothing was left by a full disk, and is refused by the server
  if (Number.isNaN(made) || made === Number.parseInt(version, 10)) return;
  throw new SetupFault(
    `${dir} holds the data of another PostgreSQL version: move the folder away, or set GDBENCH_HOME to another.`,
  );
}

const PORT_IS_TAKEN =
  'The port that PostgreSQL chose was taken by another program in that moment: run the command again.';

/** Whether something else than a server of this folder listens on the port. */
async function isTaken(port: number, data: string): Promise<boolean> {
  return (await readPostmaster(data)) === null && (await freePort(port)) !== port;
}

/** What it means to the person at the terminal that one of PostgreSQL's programs failed, as far as the machine shows it. */
async function asFault(error: unknown, dir: string): Promise<Error> {
  const diskIsFull = new SetupFault(`The disk of ${dir} is full: free some space and run the command again.`);
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return diskIsFull;
  if (error instanceof SetupFault || !(error instanceof CommandError)) return error as Error;
  const data = await dataFolder(dir);
  if (await isFull(dirname(data))) return diskIsFull;
  if (!(await mayWrite(data, await findOwner())))
    return new SetupFault(
      `PostgreSQL may not write to ${dir}: give the folder to this user, or set GDBENCH_HOME to another.`,
    );
  return new SetupFault(`PostgreSQL did not start (${error.message}): ${logOf(data)} says why.`);
}
