import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, duration, effectSize, parameters, percent, plusMinus, pValue, rankRange } from './format.ts';

describe('figures', () => {
  it('writes per cent with one decimal and half the interval beside it', () => {
    expect(percent(0.7331)).toBe('73.3');
    expect(percent(1)).toBe('100.0');
    expect(plusMinus(0.7, 0.76)).toBe('±3.0');
  });

  it('gives an effect size its sign, a true minus, and none to what rounds to nothing', () => {
    expect(effectSize(0.789)).toBe('+0.79');
    expect(effectSize(-0.19)).toBe('−0.19');
    expect([effectSize(0.004), effectSize(-0.004), effectSize(-0)]).toEqual(['0.00', '0.00', '0.00']);
  });

  it('never writes a hyphen for a minus', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (v) => !`${effectSize(v)}${percent(v)}`.includes('-')),
    );
  });

  it('says p<.01 exactly where p is below 0.01', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => (pValue(p) === 'p<.01') === p < 0.01));
    expect([pValue(0.0099), pValue(0.01), pValue(0.2), pValue(1)]).toEqual(['p<.01', 'p=.01', 'p=.20', 'p=1']);
  });

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
