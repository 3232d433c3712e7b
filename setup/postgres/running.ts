import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAlive } from '@gdbench/settings/alive';
import { USER } from '@gdbench/settings/running-database';
import pg from 'pg';
import { SetupFault } from '../fault.ts';
import { run } from './binaries.ts';

const WAIT_MS = 30_000;

interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** What the lock file in the data folder says; null when there is none. */
export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]) } : null;
}

/**
 * The server that serves the data folder now, once it answers; null when there is none. One that is just starting or
 * stopping is waited for, and the lock file that a killed one left is removed.
 */
export async function findRunning(data: string, password: string): Promise<Postmaster | null> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    const postmaster = await readPostmaster(data);
    if (!postmaster) return null;
    if (await serves(postmaster.port, data, password)) return postmaster;
    if (!(await isPostgres(postmaster.pid))) {
      await rm(join(data, 'postmaster.pid'), { force: true });
      return null;
    }
    await setTimeout(200);
  }
  const pid = (await readPostmaster(data))?.pid;
  throw new SetupFault(
    `A PostgreSQL that does not answer (process ${pid}) holds ${data}: end it and run the command again.`,
  );
}

/** Whether a server at the port takes our password and serves this very folder. */
async function serves(port: number, data: string, password: string): Promise<boolean> {
  if (!port) return false;
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SHOW data_directory');
    return resolve(String(rows[0]?.data_directory ?? '')) === resolve(data);
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A number in a lock file may since have been given to another program. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const command = await run('ps', ['-p', String(pid), '-o', 'comm=']).catch(() =>
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'postgres'),
  );
  return command.includes('postgres');
}

/**
 * A shell that stops the server when this process is gone, however it ended: its standard input ends with us.
 *
 * @returns what calls it off
 */
export function stopWithUs(data: string, pid: number): () => void {
  if (process.platform === 'win32') return () => undefined;
  const script = 'cat >/dev/null; [ "$(head -n 1 "$2")" = "$1" ] && kill -INT "$1"';
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(pid), join(data, 'postmaster.pid')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  (watcher.stdin as { unref?(): void } | null)?.unref?.();
  return () => killGroup(watcher.pid);
}

/** The shell and the `cat` it waits for. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
