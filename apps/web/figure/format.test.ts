import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, duration, parameters, rankRange } from './format.ts';

describe('counts, sizes and spans', () => {
  it('never shows a thousand of a unit that has a next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), (n) => {
        expect(Number.parseFloat(bytes(n))).toBeLessThan(1000);
      }),
    );
    expect([bytes(0), bytes(999), bytes(1000), bytes(999_600), bytes(5_100_000)]).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '1 MB',
      '5.1 MB',
    ]);
    expect([parameters(1_400_000), parameters(865_000_000), parameters(2_300_000_000)]).toEqual([
      '1.4 M',
      '865 M',
      '2.3 B',
    ]);
  });

  it('says a span in the largest units that fit', () => {
    expect([0.2, 14, 59.7, 200, 7500, 7200, 90_000, 200_000].map(duration)).toEqual([
      '0 s',
      '14 s',
      '1 min',
      '3 min',
      '2 h 5 min',
      '2 h',
      '1 day',
      '2 days',
    ]);
    expect(duration(-3)).toBe('0 s');
  });

  it('writes a rank as a range only where intervals leave it open', () => {
    expect([rankRange(1, 1), rankRange(2, 4)]).toEqual(['1', '2–4']);
  });
});
