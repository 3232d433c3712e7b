import { HEARTBEAT_SECONDS, LEASE_SECONDS } from '@gdbench/prisma/lease';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSignOfLife } from './sign-of-life.ts';

const LOOPS = ['a', 'b'] as const;
const Beats = fc.array(fc.record({ of: fc.constantFrom(...LOOPS), after: fc.nat(2 * LEASE_SECONDS * 1_000) }));

test('a sign of life is given only while all have shown within a lease that they can take work, and not too often', () => {
  fc.assert(
    fc.property(Beats, (beats) => {
      let now = 0;
      const written: number[] = [];
      const life = createSignOfLife(
        LOOPS,
        async () => written.push(now),
        () => {},
        () => now,
      );
      const last = new Map<string, number>();
      let expected = Number.NEGATIVE_INFINITY;
      for (const { of, after } of beats) {
        now += after;
        last.set(of, now);
        life.beat(of);
        const all = LOOPS.every((loop) => now - (last.get(loop) ?? Number.NEGATIVE_INFINITY) < LEASE_SECONDS * 1_000);
        if (all && now - expected >= HEARTBEAT_SECONDS * 1_000) expected = now;
        expect(written.at(-1) ?? Number.NEGATIVE_INFINITY).toBe(expected);
      }
    }),
  );
});

test('one that could not be written is given again with the next beat', async () => {
  let tries = 0;
  const failed: unknown[] = [];
  const life = createSignOfLife(
    ['a'],
    async () => {
      tries += 1;
      throw new Error('away');
    },
    (error) => failed.push(error),
    () => 0,
  );
  life.beat('a');
  await expect.poll(() => failed.length).toBe(1);
  life.beat('a');
  await expect.poll(() => failed.length).toBe(2);
  expect(tries).toBe(2);
});
