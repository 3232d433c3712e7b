import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { announce, runningApi } from './running-api.ts';

let home: string;
beforeEach(async () => {
  home = newFolder();
});

const file = () => join(home, 'running.json');

test('a platform is found by its home while it runs, and not afterwards', () => {
  expect(runningApi(home)).toBeNull();
  const withdraw = announce(home, 'http://localhost:4321');
  expect(runningApi(home)).toBe('http://localhost:4321');
  withdraw();
  expect(runningApi(home)).toBeNull();
  expect(existsSync(file())).toBe(false);
});

test('what a platform that was killed has left counts for nothing', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(file(), JSON.stringify({ apiUrl: 'http://localhost:4321', pid }));
  expect(runningApi(home)).toBeNull();
  announce(home, 'http://localhost:4322');
  expect(runningApi(home)).toBe('http://localhost:4322');
});

test('one that ends later leaves the word of another alone', async () => {
  const withdraw = announce(home, 'http://localhost:4321');
  await writeFile(file(), JSON.stringify({ apiUrl: 'http://localhost:4322', pid: process.ppid }));
  withdraw();
  expect(runningApi(home)).toBe('http://localhost:4322');
});

test.each(['', '{', '[]', 'null', '{"pid":1}', '{"apiUrl":"x","pid":1}', '{"apiUrl":"http://x","pid":0}'])(
  'a file that says %j says nothing',
  async (text) => {
    await writeFile(file(), text);
    expect(runningApi(home)).toBeNull();
  },
);
