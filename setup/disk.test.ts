import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { isFull } from './disk.ts';

test('a disk with room is not full', async () => {
  expect(await isFull(tmpdir())).toBe(false);
});

test.runIf(process.platform === 'linux')('a disk with no room is full', async () => {
  // of a size of nothing
  expect(await isFull('/proc')).toBe(true);
});
