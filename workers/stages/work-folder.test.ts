import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '@gdbench/storage/storage';
import { expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { checkpointFolder } from './work-folder.ts';

const work = newFolder();

const DAY_MS = 86_400_000;
const sha256 = (n: number) => n.toString(16).padStart(64, '0');
/** Stands in for a store whose every checkpoint is an empty folder. */
const storage = { materialise: (_files, dir) => mkdir(dir, { recursive: true }).then(() => {}) } as Pick<
  Storage,
  'materialise'
> as Storage;

test('the folders used last are kept, and of the others those used within the hour', async () => {
  for (let n = 0; n < 20; n += 1) {
    const dir = join(work, sha256(n));
    await mkdir(dir);
    // 0 to 9: days ago, 10 to 19: minutes ago, the higher the number the more recently
    const used = new Date(Date.now() - (n < 10 ? (10 - n) * DAY_MS : (20 - n) * 60_000));
    await utimes(dir, used, used);
  }
  await mkdir(join(work, 'notes'));
  // the oldest is asked for, which makes it the newest
  const dir = await checkpointFolder(storage, work, { sha256: sha256(0), files: [] });
  expect(dir).toBe(join(work, sha256(0)));
  const kept = Array.from({ length: 10 }, (_, n) => sha256(n + 10));
  expect((await readdir(work)).sort()).toEqual([sha256(0), ...kept, 'notes'].sort());
});
