import fc from 'fast-check';
import { expect, it } from 'vitest';
import { frameNumbers } from './frames.ts';

it.each([
  [[0, 7, 21], 4, [0, 7, 14, 21]],
  [[0, 7, 14], 4, [0, 7, 14, 21]],
  [[7, 14, 21], 4, [7, 14, 21, null]],
  [[0, 2, 3, 5], 6, [0, 1, 2, 3, 4, 5]],
  [[1, 2], 5, [0, 1, 2, 3, 4]],
  [[0, 3, 4, 9, 20], 6, [0, 3, 4, 9, 20, null]],
  [[50], 3, [50, null, null]],
  [[], 2, [0, 1]],
  [[3, 1000, 1001], 3, [3, 1000, 1001]],
  [[0, 14, 28, 42, 56], 10, [0, 14, 28, 42, 56, null, null, null, null, null]],
])('of %j there are %i: %j', (present, count, all) => {
  expect(frameNumbers(present, count)).toEqual(all);
});

it('names a missing frame rightly or not at all', () => {
  const frames = fc
    .tuple(fc.nat(50), fc.integer({ min: 1, max: 40 }))
    .map(([start, step]) => Array.from({ length: 10 }, (_, i) => start * step + i * step));
  fc.assert(
    fc.property(frames, fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }), (all, gone) => {
      const present = all.filter((_, i) => !gone.includes(i));
      // numbers below ten are taken for a set named 0 to 9, whatever it was
      fc.pre(all.at(-1) === 9 || present.some((number) => number >= 10));
      const told = frameNumbers(present, 10);
      expect(told).toHaveLength(10);
      const named = told.filter((one) => one !== null);
      expect(named).toEqual(expect.arrayContaining(present));
      expect(all).toEqual(expect.arrayContaining(named));
      const isWithin = gone.every((i) => i > 0 && (i < 9 || all[0] === 0));
      if (isWithin) expect(told).toEqual(all);
    }),
  );
});
