import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from './holm.ts';

const p = fc.double({ min: 0, max: 1, noNaN: true });
const ps = fc.array(p, { minLength: 1, maxLength: 12 });

/** Holm's procedure as he gives it: from the smallest p on, reject while p <= level / (tests left); stop at the first that is not. */
function rejected(all: readonly number[], level: number): Set<number> {
  const order = all.map((_, i) => i).sort((a, b) => all[a]! - all[b]!);
  const kept = order.findIndex((i, place) => all[i]! * (all.length - place) > level);
  return new Set(kept === -1 ? order : order.slice(0, kept));
}

describe('holm', () => {
  // by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04, which may not be below the one before
  it('multiplies the smallest by all, the next by one fewer', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [i, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(corrected[i]).toBeCloseTo(value, 12);
  });

  it('rejects at every level what the step-down procedure rejects', () => {
    fc.assert(
      fc.property(ps, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, level) => {
        const corrected = holm(all);
        const expected = rejected(all, level);
        for (const i of all.keys()) expect(corrected[i]! <= level).toBe(expected.has(i));
      }),
    );
  });

  it('keeps the order of the p, and lies between p and Bonferroni’s', () => {
    fc.assert(
      fc.property(ps, (all) => {
        const corrected = holm(all);
        for (const [i, own] of all.entries()) {
          expect(corrected[i]).toBeGreaterThanOrEqual(own);
          expect(corrected[i]).toBeLessThanOrEqual(Math.min(1, own * all.length));
          for (const [j, other] of all.entries())
            if (own <= other) expect(corrected[i]).toBeLessThanOrEqual(corrected[j]!);
        }
      }),
    );
  });

  it('follows the tests into any other order, and leaves nulls as if they were not there', () => {
    fc.assert(
      fc.property(fc.array(fc.option(p), { maxLength: 12 }), fc.nat(), (all, turn) => {
        const by = all.length === 0 ? 0 : turn % all.length;
        const turned = [...all.slice(by), ...all.slice(0, by)];
        const corrected = holm(all);
        expect(holm(turned)).toEqual([...corrected.slice(by), ...corrected.slice(0, by)]);
        expect(corrected.filter((one) => one !== null)).toEqual(holm(all.filter((one) => one !== null)));
        expect(corrected.map((one) => one === null)).toEqual(all.map((one) => one === null));
      }),
    );
  });
});
