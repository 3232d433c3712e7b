import { expect, test } from 'vitest';
import type { StageProcess } from './process.ts';
import { keepWarm } from './warm.ts';

function processes() {
  const ended = new Set<number>();
  const open = (pid: number): StageProcess => ({
    pid,
    get ended() {
      return ended.has(pid);
    },
    ask: () => Promise.reject(new Error('nothing is asked here')),
    kill: async () => void ended.add(pid),
  });
  return { open, ended };
}

test('the process that inspected a checkpoint scores it; a second one is not kept', async () => {
  const { open, ended } = processes();
  const warm = keepWarm({ memoryBytes: 8e9 });
  const inspector = open(-1);
  expect(warm.offer('a', inspector)).toBe(true);
  expect(warm.offer('b', open(-2))).toBe(false);
  expect(await warm.take('a')).toBe(inspector);
  warm.rest();
  expect(warm.offer('a', open(-3))).toBe(false);
  await warm.close();
  expect(ended).toEqual(new Set([-1]));
});

test('it never scores another checkpoint, and one that has ended is not in the way', async () => {
  const { open, ended } = processes();
  const warm = keepWarm({ memoryBytes: 8e9 });
  const died = open(-1);
  warm.offer('a', died);
  await died.kill();
  expect(warm.offer('b', open(-2))).toBe(true);
  // offered while the process of the former checkpoint is being ended
  const taking = warm.take('c');
  warm.offer('d', open(-3));
  const child = await taking;
  expect(child.pid).toBeGreaterThan(0);
  expect(ended).toEqual(new Set([-1, -2, -3]));
  await warm.close();
  expect(child.ended).toBe(true);
});
