import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isAlive } from '@gdbench/settings/alive';
import { started, urlOf } from '@gdbench/settings/running-database';
import { SetupFault } from './fault.ts';
import { type Binaries, CommandError, findBinaries, findOwner, type Owner, run } from './postgres/binaries.ts';
import { choosePort, createCluster, writeSettings } from './postgres/cluster.ts';
import { withLock } from './postgres/lock.ts';
import { dataFolder, findPlace } from './postgres/place.ts';
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
      return { url: urlOf(server.password, running.port), port: running.port, stop: async () => undefined };
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
  await pgCtl(server, ['start', '--log', server.log, '--wait', '--timeout', '120']);
  await writeFile(started.port(dir), String(port));
  const postmaster = await readPostmaster(server.data);
  const callOff = stopWithUs(server.data, postmaster?.pid ?? 0);
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(server.password, port),
    port,
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
  const { data, binaries } = await findPlace(dir, await findBinaries(), owner);
  const password = await readPassword(started.password(dir));
  if (!existsSync(join(data, 'PG_VERSION'))) {
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

/** What PostgreSQL's own words mean to the person at the terminal. */
async function asFault(error: unknown, dir: string): Promise<Error> {
  const diskIsFull = new SetupFault(`The disk of ${dir} is full: free some space and run the command again.`);
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return diskIsFull;
  if (error instanceof SetupFault || !(error instanceof CommandError)) return error as Error;
  const log = logOf(await dataFolder(dir));
  const words = `${error.output}\n${(await readFile(log, 'utf8').catch(() => '')).slice(-4_000)}`;
  if (/No space left on device|Check free disk space/.test(words)) return diskIsFull;
  if (/Permission denied/.test(error.output))
    return new SetupFault(
      `PostgreSQL may not write to ${dir}: give the folder to this user, or set GDBENCH_HOME to another.`,
    );
  if (/database files are incompatible/.test(words))
    return new SetupFault(
      `${dir} holds the data of another PostgreSQL version: move the folder away, or set GDBENCH_HOME to another.`,
    );
  if (/Address already in use/.test(words))
    return new SetupFault(
      'The port that PostgreSQL chose was taken by another program in that moment: run the command again.',
    );
  return new SetupFault(`PostgreSQL did not start (${error.message}): ${log} says why.`);
}
