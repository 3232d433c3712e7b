import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf, examplesOf, FIRST_ROWS, MOST_SECONDS, nextSeconds } from './size.ts';

const Task = fc
  .record({ examples: fc.integer({ min: 1, max: 30_000 }), rows: fc.double({ min: 0.5, max: 2_000, noNaN: true }) })
  .map(({ examples, rows }) => ({ from: 0, to: examples, cost: Math.max(1, Math.round(examples * rows)) }));
/** True rows a second at each cut, as workers of all sorts might be. */
const Rates = fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 20 });

test('however fast it goes, the shards cut one after the other cover every example once, with rows of their own', () => {
  fc.assert(
    fc.property(Task, Rates, (task, rates) => {
      let rest = task;
      let speed: { rowsPerSecond: number | null; shardSeconds: number | null } = {
        rowsPerSecond: null,
        shardSeconds: null,
      };
      let covered = 0;
      for (let shards = 0; rest.from < rest.to; shards += 1) {
        const examples = examplesOf(rest, speed);
        expect(examples).toBeGreaterThanOrEqual(1);
        expect(examples).toBeLessThanOrEqual(rest.to - rest.from);
        const cost = costOf(rest, examples);
        expect(cost).toBeGreaterThanOrEqual(1);
        covered += examples;
        const seconds = cost / rates[shards % rates.length]!;
        speed = { rowsPerSecond: cost / seconds, shardSeconds: nextSeconds(speed.shardSeconds, seconds) };
        rest = { ...rest, from: rest.from + examples, cost: Math.max(1, rest.cost - cost) };
      }
      expect(covered).toBe(task.to);
    }),
  );
});

test('at a steady speed each shard takes twice the seconds of the one before, up to the most, and the tail goes with the last', () => {
  const rate = 100;
  let rest = { from: 0, to: 100_000, cost: 100_000 };
  let speed: { rowsPerSecond: number | null; shardSeconds: number | null } = {
    rowsPerSecond: null,
    shardSeconds: null,
  };
  const taken: number[] = [];
  while (rest.from < rest.to) {
    const examples = examplesOf(rest, speed);
    const seconds = costOf(rest, examples) / rate;
    taken.push(seconds);
    speed = { rowsPerSecond: rate, shardSeconds: nextSeconds(speed.shardSeconds, seconds) };
    rest = { ...rest, from: rest.from + examples, cost: rest.cost - costOf(rest, examples) };
  }
  expect(taken.slice(0, 8)).toEqual([FIRST_ROWS / rate, 1, 2, 4, 8, 16, MOST_SECONDS, MOST_SECONDS]);
  expect(Math.max(...taken.slice(0, -1))).toBe(MOST_SECONDS);
  expect(taken.at(-1)).toBeGreaterThanOrEqual(MOST_SECONDS / 2);
  expect(taken.at(-1)).toBeLessThan(1.5 * MOST_SECONDS);
});

test('an example that costs more than a shard may is a shard of its own', () => {
  expect(examplesOf({ from: 3, to: 9, cost: 6_000 }, { rowsPerSecond: null, shardSeconds: null })).toBe(1);
  expect(examplesOf({ from: 3, to: 9, cost: 6_000 }, { rowsPerSecond: 0.1, shardSeconds: 30 })).toBe(1);
});
