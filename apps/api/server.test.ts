import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { newFolder } from '../../test/support/folder.ts';

const database = testFileDatabase();
const home = newFolder();

interface Started {
  child: ChildProcess;
  ended: Promise<{ code: number | null; stderr: string }>;
}

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, ['apps/api/server.ts'], {
    env: { ...process.env, DATABASE_URL: database().url, GDBENCH_HOME: home, API_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout?.resume();
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  return { child, ended };
}

it('says where it listens, answers there, and ends cleanly on SIGTERM', async () => {
  const { child, ended } = start({});
  const [message] = (await once(child, 'message')) as [{ listening: number }];
  expect((await fetch(`http://127.0.0.1:${message.listening}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, stderr: '' });
});

it('says in one sentence that a port is taken, and which', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = (taken.address() as { port: number }).port;
  const { code, stderr } = await start({ API_PORT: String(port) }).ended;
  expect(code).toBe(1);
  expect(stderr).toBe(`Port ${port} on 127.0.0.1 is taken by another program: choose another with API_PORT.\n`);
  taken.close();
});

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

it('says that the database does not answer, without its password, and ends at once on Ctrl-C', async () => {
  const port = await closedPort();
  const { child, ended } = start({ DATABASE_URL: `postgresql://someone:secret@127.0.0.1:${port}/gdbench` });
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    if (stdout.includes('does not answer')) child.kill('SIGINT');
  });
  expect(await ended).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`The database at 127.0.0.1:${port} does not answer`);
  expect(stdout).not.toContain('secret');
});

it.each([
  ['GDBENCH_STORAGE', 's3:', /^"s3:" names no storage: /],
  ['GDBENCH_EDITIONS', '/nowhere.json', /^The file of editions \/nowhere\.json \(GDBENCH_EDITIONS\) /],
  ['GDBENCH_HOME', '/dev/null', /^GDBENCH_HOME is "\/dev\/null", which cannot hold files /],
])('what is wrong with %s is said before a database is waited for', async (name, text, sentence) => {
  const url = `postgresql://someone@127.0.0.1:${await closedPort()}/gdbench`;
  const { code, stderr } = await start({ DATABASE_URL: url, [name]: text }).ended;
  expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('says in a sentence each what is wrong with its settings', async () => {
  const { code, stderr } = await start({ DATABASE_URL: '', API_PORT: 'x', GDBENCH_STORAGE: 'ftp:there' }).ended;
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(3);
  expect(stderr).not.toMatch(/\.ts:\d/);
});
