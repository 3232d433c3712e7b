import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { follow, makeLock, withLock } from './lock.ts';

const root = newFolder();
let dead: number;
beforeAll(async () => {
  dead = spawnSync(process.execPath, ['-e', '']).pid;
});

/** Lets many take the lock at once; gives how many worked, and the most that did so at one time. */
async function crowd(path: string, size: number) {
  let inside = 0;
  let most = 0;
  let worked = 0;
  await Promise.all(
    Array.from({ length: size }, () =>
      withLock(path, async () => {
        inside += 1;
        most = Math.max(most, inside);
        for (let turn = 0; turn < 5; turn += 1) await setImmediate();
        inside -= 1;
        worked += 1;
      }),
    ),
  );
  return { most, worked };
}

test('of many that find the lock of a process that died, one at a time works', async () => {
  for (let round = 0; round < 10; round += 1) {
    const path = join(root, `stale-${round}`);
    await mkdir(path);
    await writeFile(join(path, `${dead}.left`), '');
    expect(await crowd(path, 4)).toEqual({ most: 1, worked: 4 });
  }
});

test('who saw the dead holder too late, or no holder, takes nothing from the one that was first', async () => {
  const path = join(root, 'race');
  await mkdir(path);
  await writeFile(join(path, `${dead}.left`), '');
  const first = `${process.pid}.first`;
  // both have read the dead holder's name before either acts
  expect(await follow(path, `${dead}.left`, first)).toBe(true);
  expect(await follow(path, `${dead}.left`, `${process.pid}.second`)).toBe(false);
  // and this one had found the lock free
  expect(await makeLock(path, `${process.pid}.third`)).toBe(false);
  expect(await follow(path, first, `${process.pid}.fourth`)).toBe(false);
  expect(await readdir(path)).toEqual([first]);
});

test('of many that find no lock, or an empty one, one at a time works, and nothing is left behind', async () => {
  const path = join(root, 'fresh');
  expect(await crowd(path, 4)).toEqual({ most: 1, worked: 4 });
  await mkdir(path);
  expect(await crowd(path, 4)).toEqual({ most: 1, worked: 4 });
  expect((await readdir(root)).filter((name) => name.startsWith('fresh'))).toEqual([]);
});

test('work that throws gives the lock back', async () => {
  const path = join(root, 'thrown');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await crowd(path, 2)).toEqual({ most: 1, worked: 2 });
});

test('a plain file, as an earlier version left it, is no lock', async () => {
  const path = join(root, 'file');
  await writeFile(path, String(dead));
  expect(await crowd(path, 3)).toEqual({ most: 1, worked: 3 });
});
