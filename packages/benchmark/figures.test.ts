import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectSize, figure, interval, intervalMark, percent, pMark, points, pValue, share } from './figures.ts';

describe('figures', () => {
  it('writes shares as per cent with one decimal', () => {
    expect([percent(0.7331), share(0.388), share(1)]).toEqual(['73.3', '38.8%', '100.0%']);
    expect([points(-0.1), points(-0.0001)]).toEqual(['−10.0', '0.0']);
  });

  it('gives an effect size its sign, a true minus, and none to what rounds to nothing', () => {
    expect([effectSize(0.789), effectSize(-0.19)]).toEqual(['+0.79', '−0.19']);
    expect([effectSize(0.004), effectSize(-0.004), effectSize(-0)]).toEqual(['0.00', '0.00', '0.00']);
  });

  it('never writes a hyphen for a minus', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (v) => {
        expect(`${effectSize(v)}${share(v)}`).not.toContain('-');
      }),
    );
  });

  it('never writes p as nothing, and says <0.001 exactly where it is below that', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        expect(pValue(p) === '<0.001').toBe(p < 0.001);
        expect(pValue(p)).not.toMatch(/^0\.0*$/);
      }),
    );
    expect([pValue(0), pValue(0.0312), pValue(0.001), pValue(1)]).toEqual(['<0.001', '0.031', '0.001', '1.000']);
    expect([pMark(0.0004), pMark(0.2)]).toEqual(['p<0.001', 'p=0.200']);
  });

  it('writes half an interval, or both ends where it lies on one side of the value', () => {
    expect(intervalMark(0.73, 0.7, 0.76)).toBe('±3.0');
    expect(intervalMark(1, 0.919, 1)).toBe('[91.9, 100.0]');
    expect(intervalMark(0, 0, 0.081)).toBe('[0.0, 8.1]');
    expect(intervalMark(0.9996, 0.95, 1)).toBe('[95.0, 100.0]');
    expect(intervalMark(0.5, 0.5, 0.5)).toBe('±0.0');
  });

  it('writes a metric by its name, with its interval alike', () => {
    expect([figure('average', 0.625), interval('average', 0.575, 0.675)]).toEqual(['62.5%', '[57.5%, 67.5%]']);
    expect(figure('Men-Women.effect_size', -0.4)).toBe('−0.40');
    expect(interval('Men-Women.effect_size', -0.9, 0.1)).toBe('[−0.90, +0.10]');
    expect(figure('Men-Women.p_value', 0.00001)).toBe('<0.001');
    expect([figure('clothes.p_value', null), interval('clothes.p_value', null, null)]).toEqual(['undefined', '']);
  });
});
