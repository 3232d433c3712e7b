import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './float16.ts';

describe('half precision', () => {
  it('keeps every half through a round trip', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = fromHalf(half);
      if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
      else if (toHalf(value) !== half) expect.fail(`${half} became ${toHalf(value)}`);
    }
  });

  it('rounds to the nearest half, to the even one between two', () => {
    const halves = Array.from({ length: 0x7c01 }, (_, half) => fromHalf(half));
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const half = toHalf(value);
        const distance = Math.abs(halves[half]! - value);
        for (const next of [half - 1, half + 1]) {
          const other = halves[next];
          if (other === undefined || !Number.isFinite(other)) continue;
          const away = Math.abs(other - value);
          expect(away > distance || (away === distance && half % 2 === 0)).toBe(true);
        }
      }),
    );
    expect(fromHalf(toHalf(1e6))).toBe(Number.POSITIVE_INFINITY);
    expect(Object.is(fromHalf(toHalf(-0)), -0)).toBe(true);
  });
});
