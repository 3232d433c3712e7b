import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyScale, biasScale, placeOn } from './scale.ts';

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('the axis of the chart', () => {
  it('holds every value and chance, stays within 0 and 1, and is never so narrow that noise looks like a gap', () => {
    fc.assert(
      fc.property(fc.array(fraction), fc.option(fraction), (values, chance) => {
        const { from, to, ticks } = accuracyScale(values, chance);
        for (const value of chance === null ? values : [...values, chance]) {
          expect(value).toBeGreaterThanOrEqual(from - 1e-9);
          expect(value).toBeLessThanOrEqual(to + 1e-9);
        }
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1 + 1e-9);
        expect(to - from).toBeGreaterThanOrEqual(0.4 - 1e-6);
        expect(ticks.length).toBeGreaterThan(2);
        expect(ticks.every((tick) => tick >= from - 1e-6 && tick <= to + 1e-6)).toBe(true);
      }),
    );
  });

  it('is symmetric for effect sizes, with 0 in the middle', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true })), (values) => {
        const scale = biasScale(values);
        expect(scale.from).toBe(-scale.to);
        expect(placeOn(scale, 0)).toBe(0.5);
        expect(scale.ticks).toContain(0);
        for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(scale.to);
      }),
    );
  });
});
