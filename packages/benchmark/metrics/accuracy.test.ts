import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINOGROUND_CHANCE } from '../tasks/tasks.ts';
import { recallCredit, tieCredit } from './accuracy.ts';
import { winogroundOutcome } from './winoground.ts';

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

/** Few different values, so that ties are common; whole, so that shifts are exact. */
const score = fc.integer({ min: -2, max: 2 });

describe('tieCredit', () => {
  it('is how often the first maximum is the right one over all orders of the candidates', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 5 }), fc.nat(), (scores, place) => {
        const right = place % scores.length;
        const orders = permutations(scores.map((value, candidate) => ({ value, candidate })));
        const hits = orders.filter((order) => {
          const maximum = Math.max(...order.map(({ value }) => value));
          return order.find(({ value }) => value === maximum)!.candidate === right;
        });
        expect(tieCredit(scores, right).credit).toBeCloseTo(hits.length / orders.length, 12);
      }),
    );
  });

  it('does not depend on the order of the candidates or on a constant added to all', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 2, maxLength: 8 }), fc.integer(), fc.nat(), (scores, shift, turn) => {
        const by = turn % scores.length;
        const turned = [...scores.slice(by), ...scores.slice(0, by)].map((value) => value + shift);
        expect(tieCredit(turned, (scores.length - by) % scores.length)).toEqual(tieCredit(scores, 0));
      }),
    );
  });

  it('says that the right candidate shares the maximum, and only then', () => {
    expect(tieCredit([2, 1, 1])).toEqual({ credit: 1, tied: false });
    expect(tieCredit([2, 1, 2])).toEqual({ credit: 1 / 2, tied: true });
    expect(tieCredit([1, 2, 2])).toEqual({ credit: 0, tied: false });
    expect(tieCredit([0, 0, 0])).toEqual({ credit: 1 / 3, tied: true });
  });
});

describe('recallCredit', () => {
  const candidates = fc.array(score, { minLength: 1, maxLength: 6 });

  it('is how often the right one is among the first k, over all orders that sort the scores downwards', () => {
    fc.assert(
      fc.property(candidates, fc.nat(), fc.integer({ min: 1, max: 7 }), (scores, place, k) => {
        const right = place % scores.length;
        const orders = permutations(scores.map((value, candidate) => ({ value, candidate })));
        const sorted = orders.filter((order) => order.every(({ value }, i) => i === 0 || order[i - 1]!.value >= value));
        const hits = sorted.filter((order) => order.slice(0, k).some(({ candidate }) => candidate === right));
        expect(recallCredit(scores, right, k)).toBeCloseTo(hits.length / sorted.length, 12);
      }),
    );
  });

  it('is the credit of an accuracy for k = 1, and k of n where all tie', () => {
    fc.assert(
      fc.property(candidates, fc.nat(), (scores, place) => {
        const right = place % scores.length;
        expect(recallCredit(scores, right, 1)).toBe(tieCredit(scores, right).credit);
      }),
    );
    expect(recallCredit(Array(10).fill(0.3), 7, 5)).toBe(5 / 10);
    expect(recallCredit([0, 0, 0], 1, 5)).toBe(1);
  });
});

describe('winogroundOutcome', () => {
  const matrix = fc.tuple(fc.tuple(score, score), fc.tuple(score, score));

  it('is what its definition says, candidate by candidate', () => {
    fc.assert(
      fc.property(matrix, (s) => {
        // An accuracy of strict comparisons: full credit in both directions.
        const text = [0, 1].every((image) => tieCredit([s[0][image]!, s[1][image]!], image).credit === 1);
        const image = [0, 1].every((caption) => tieCredit(s[caption]!, caption).credit === 1);
        const outcome = winogroundOutcome(s);
        expect(outcome.right).toEqual({ text, image, group: text && image });
        expect(outcome.tied).toBe(
          new Set(s[0]).size + new Set(s[1]).size < 4 || s[0][0] === s[1][0] || s[0][1] === s[1][1],
        );
      }),
    );
  });

  it('does not depend on which pair stands first or on a constant added to all', () => {
    fc.assert(
      fc.property(matrix, fc.integer(), ([[a, b], [c, d]], shift) => {
        const swapped = [[d, c].map((v) => v + shift), [b, a].map((v) => v + shift)];
        expect(winogroundOutcome(swapped)).toEqual(
          winogroundOutcome([
            [a, b],
            [c, d],
          ]),
        );
      }),
    );
  });

  it('is right by chance exactly as often as the chance levels say', () => {
    const outcomes = permutations([1, 2, 3, 4]).map(([a, b, c, d]) =>
      winogroundOutcome([
        [a!, b!],
        [c!, d!],
      ]),
    );
    for (const name of ['text', 'image', 'group'] as const)
      expect(outcomes.filter(({ right }) => right[name]).length / outcomes.length).toBe(WINOGROUND_CHANCE[name]);
  });
});
