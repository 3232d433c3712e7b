import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { newFolder } from '../test/support/folder.ts';
import { SetupFault } from './fault.ts';
import { keepEmbeddedPostgres } from './postgres/keep.ts';
import { readPostmaster } from './postgres/running.ts';
import { startEmbeddedPostgres } from './postgres.ts';

/** Making a data folder takes seconds, so that most tests take turns with one. */
const root = newFolder();
let dir: string;

beforeAll(async () => {
  dir = join(root, 'postgres');
  // as a home made by an ordinary mkdir
  await chmod(root, 0o755);
});

const start = (port?: number) => startEmbeddedPostgres({ dir, ...(port ? { port } : {}) });

/** Runs a statement in the database that every server has. */
async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const target = new URL(url);
  target.pathname = '/postgres';
  const client = new pg.Client({ connectionString: target.href });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isGone(pid: number): Promise<boolean> {
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    // a zombie that its parent has not collected yet has ended
    (text) => / Z /.test(text),
    () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    },
  );
}

/** Until no process has this number. */
const gone = (pid: number | undefined) => expect.poll(() => isGone(pid ?? 0), { timeout: 60_000 }).toBe(true);

/** Another process that starts the server and then waits to be killed. */
async function startElsewhere(folder = dir): Promise<{ child: ChildProcess; url: string; ended: Promise<unknown> }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL('./postgres.ts', import.meta.url).href)});
    const { url } = await startEmbeddedPostgres({ dir: process.argv[1] });
    process.send(url);
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    ended.then(() => reject(new Error('The process ended before its server was there.')));
  });
  return { child, url, ended };
}

test('a server is kept between runs with its data, password and port, listens on loopback only and leaves no process', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept0 AS SELECT 42 AS answer');
  expect(await query(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(first.url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  const wrong = new URL(first.url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect((await stat(join(dir, 'password'))).mode & 0o077).toBe(0);
  const pid = (await readPostmaster(join(dir, 'data')))?.pid ?? 0;
  await Promise.all([first.stop(), first.stop()]);
  expect(await isGone(pid)).toBe(true);
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT answer FROM kept0')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test.each([
  [undefined, 'on'],
  [false, 'off'],
])('with durable %s, what is committed is flushed to the disk: %s', async (durable, expected) => {
  const server = await startEmbeddedPostgres({ dir, ...(durable === undefined ? {} : { durable }) });
  const settings = `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections')`;
  const rows = await query(server.url, settings);
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: expected,
    full_page_writes: expected,
    synchronous_commit: expected,
    max_connections: '100',
  });
  await server.stop();
});

test('a remembered port that is taken is replaced, one that was asked for is a fault in one sentence', async () => {
  const first = await start();
  await first.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(first.port, '127.0.0.1', resolve));
  try {
    const second = await start();
    expect(second.port).not.toBe(first.port);
    await second.stop();
    const fault = await start(first.port).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(SetupFault);
    expect((fault as Error).message).toMatch(/^Port \d+, asked for by PostgreSQL, is taken by another program: .+\.$/);
  } finally {
    other.close();
  }
});

test('a server killed by SIGKILL starts again with what was committed', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept1 AS SELECT 42 AS answer');
  const postmaster = await readPostmaster(join(dir, 'data'));
  process.kill(postmaster?.pid ?? 0, 'SIGKILL');
  await gone(postmaster?.pid);
  expect(await readPostmaster(join(dir, 'data'))).toEqual(postmaster);
  const second = await start();
  expect(await query(second.url, 'SELECT answer FROM kept1')).toEqual([{ answer: 42 }]);
  await second.stop();
  await first.stop();
});

test('a server that is kept is started again at its port with what was committed, each time that it dies', async () => {
  const said: string[] = [];
  const kept = await keepEmbeddedPostgres({ dir }, (sentence) => said.push(sentence));
  await query(kept.url, 'CREATE TABLE kept3 AS SELECT 42 AS answer');
  for (const deaths of [1, 2]) {
    const postmaster = await readPostmaster(join(dir, 'data'));
    process.kill(postmaster?.pid ?? 0, 'SIGKILL');
    await gone(postmaster?.pid);
    const answer = () => query(kept.url, 'SELECT answer FROM kept3').catch(() => 'none');
    await expect.poll(answer, { timeout: 60_000 }).toEqual([{ answer: 42 }]);
    expect(said.filter((sentence) => sentence === 'PostgreSQL died and is started again.')).toHaveLength(deaths);
  }
  const last = await readPostmaster(join(dir, 'data'));
  await kept.stop();
  expect(await isGone(last?.pid ?? 0)).toBe(true);
});

test('a lock file whose number now belongs to another program does not keep the server from starting', async () => {
  const first = await start();
  await first.stop();
  const lock = [process.pid, join(dir, 'data'), 1, first.port, '', '127.0.0.1', '', 'ready'].join('\n');
  await writeFile(join(dir, 'data/postmaster.pid'), `${lock}\n`);
  const second = await start();
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
});

test('a server that another process runs is used and left alone; when that process is killed, its server ends', async () => {
  const elsewhere = await startElsewhere();
  await query(elsewhere.url, 'CREATE TABLE kept2 AS SELECT 42 AS answer');
  const postmaster = await readPostmaster(join(dir, 'data'));
  const said: string[] = [];
  const shared = await startEmbeddedPostgres({ dir, onProgress: (message) => said.push(message) });
  expect(shared.url).toBe(elsewhere.url);
  expect(said).toEqual([expect.stringContaining(`started by process ${elsewhere.child.pid}`)]);
  await shared.stop();
  expect(await query(elsewhere.url, 'SELECT answer FROM kept2')).toEqual([{ answer: 42 }]);
  elsewhere.child.kill('SIGKILL');
  await elsewhere.ended;
  // at once, while the old one may still be stopping
  const next = await start();
  expect((await readPostmaster(join(dir, 'data')))?.pid).not.toBe(postmaster?.pid);
  expect(await query(next.url, 'SELECT answer FROM kept2')).toEqual([{ answer: 42 }]);
  await gone(postmaster?.pid);
  await next.stop();
});

test('a killed process takes its server with it', async () => {
  const { child, ended } = await startElsewhere();
  const pid = (await readPostmaster(join(dir, 'data')))?.pid ?? 0;
  expect(await isGone(pid)).toBe(false);
  child.kill('SIGKILL');
  await ended;
  await gone(pid);
});

test('two processes that start on an empty folder at once share one server', async () => {
  const empty = join(root, 'empty');
  const [one, two] = await Promise.all([startElsewhere(empty), startEmbeddedPostgres({ dir: empty })]);
  expect(one.url).toBe(two.url);
  one.child.kill('SIGKILL');
  await one.ended;
  await two.stop();
});

test.runIf(process.getuid?.() === 0)(
  'as root in a folder that is closed to others, the data lies elsewhere and is found again',
  async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const first = await startEmbeddedPostgres({ dir: join(closed, 'postgres') });
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await startEmbeddedPostgres({ dir: join(closed, 'postgres') });
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    const data = (await readFile(join(closed, 'postgres/data-is-in'), 'utf8')).trim();
    // the reason stands in a log beside the data
    await writeFile(join(data, 'PG_VERSION'), '9\n');
    await expect(startEmbeddedPostgres({ dir: join(closed, 'postgres') })).rejects.toThrow(
      /of another PostgreSQL version/,
    );
    await rm(join(data, '..'), { recursive: true, force: true });
  },
);

test('empty files that a full disk left behind do not keep the next start from working', async () => {
  const left = join(root, 'after-full-disk');
  await mkdir(left);
  for (const name of ['starting', 'password']) await writeFile(join(left, name), '');
  // older than the moment that a living process needs between making the lock and writing to it
  await utimes(join(left, 'starting'), new Date(0), new Date(0));
  const server = await startEmbeddedPostgres({ dir: left });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await readFile(join(left, 'password'), 'utf8')).length).toBeGreaterThan(20);
  await server.stop();
});

test('data of another version are told by what they say, and no server is asked', async () => {
  const other = join(root, 'other-version');
  await mkdir(join(other, 'data'), { recursive: true });
  await writeFile(join(other, 'data/PG_VERSION'), '9\n');
  await expect(startEmbeddedPostgres({ dir: other })).rejects.toThrow(/of another PostgreSQL version: move the folder/);
});

test('a data folder that PostgreSQL may not write to is told so', async () => {
  const closed = join(root, 'not-ours');
  const server = await startEmbeddedPostgres({ dir: closed });
  await server.stop();
  const data = (await readFile(join(closed, 'data-is-in'), 'utf8').catch(() => join(closed, 'data'))).trim();
  const { uid, gid } = await stat(data);
  // root may give it away, an ordinary user close it
  if (process.getuid?.() === 0) await chown(data, 0, 0);
  await chmod(data, 0o555);
  await expect(startEmbeddedPostgres({ dir: closed })).rejects.toThrow(
    /^PostgreSQL may not write to .*: give the folder/,
  );
  await chmod(data, 0o700);
  if (process.getuid?.() === 0) await chown(data, uid, gid);
});
