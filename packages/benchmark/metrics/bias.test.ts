import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { association, effectSize, effectSizeInterval } from './bias.ts';
import { permutationP } from './permutation.ts';
import { seededIndex } from './random.ts';

/** Whole numbers, so that shifts and sums are exact. */
const phi = fc.integer({ min: -5, max: 5 });
const group = (maxLength: number) => fc.array(phi, { minLength: 1, maxLength });

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('association', () => {
  it('is the mean over pleasant less the mean over unpleasant phrases', () => {
    expect(association([5, 1, 2, 0, 1], 2)).toBeCloseTo((5 + 1) / 2 - (2 + 0 + 1) / 3, 12);
  });

  it('is exactly 0 when all scores are equal, however many phrases of each kind', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
        fc.integer({ min: 1, max: 9 }),
        (value, pleasant) => {
          expect(association(Array(10).fill(value), pleasant)).toBe(0);
        },
      ),
    );
  });
});

describe('effectSize', () => {
  it('equals a value computed by hand', () => {
    // mean of all 1, squared deviations 0, 4, 1, 1: population variance 1.5; difference of the means 2
    expect(effectSize([1, 3], [0, 0])).toBeCloseTo(2 / Math.sqrt(1.5), 12);
    // numpy: (x.mean() - y.mean()) / concatenate([x, y]).std()
    expect(effectSize([0.3, 0.1, 0.4], [-0.2, 0])).toBeCloseTo(1.7170739878997723, 12);
  });

  it('changes its sign with the groups, and nothing with the order, a constant added or a positive factor', () => {
    fc.assert(
      fc.property(group(8), group(8), phi, fc.constantFrom(0.5, 2, 64), (x, y, shift, factor) => {
        const d = effectSize(x, y);
        const moved = (values: number[]) => values.toReversed().map((value) => (value + shift) * factor);
        if (d === null) {
          expect(effectSize(moved(x), moved(y))).toBeNull();
          return;
        }
        expect(effectSize(moved(x), moved(y))).toBeCloseTo(d, 10);
        expect(effectSize(y, x)).toBeCloseTo(-d, 12);
      }),
    );
  });

  it('is undefined, not 0, where nothing differs, even if the mean rounds', () => {
    expect(effectSize([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBeNull();
    expect(permutationP([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBeNull();
    expect(effectSizeInterval([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBeNull();
    expect(effectSize([], [1, 2])).toBeNull();
  });
});

describe('effectSizeInterval', () => {
  /** Roughly normal values around a centre. */
  const draw = (index: (below: number) => number, n: number, centre: number) =>
    Array.from({ length: n }, () => centre + mean(Array.from({ length: 12 }, () => index(1e6) / 1e6)) * 12 - 6);

  it('is about as wide as fresh samples scatter, and holds the value', () => {
    const index = seededIndex(5);
    const sizes = Array.from({ length: 400 }, () => effectSize(draw(index, 100, 0.5), draw(index, 100, 0))!);
    const centre = mean(sizes);
    const scatter = Math.sqrt(mean(sizes.map((d) => (d - centre) ** 2)));
    const [x, y] = [draw(index, 100, 0.5), draw(index, 100, 0)];
    const [low, high] = effectSizeInterval(x, y)!;
    expect((high - low) / (2 * 1.96 * scatter)).toBeGreaterThan(0.8);
    expect((high - low) / (2 * 1.96 * scatter)).toBeLessThan(1.25);
    expect(low).toBeLessThanOrEqual(effectSize(x, y)!);
    expect(high).toBeGreaterThanOrEqual(effectSize(x, y)!);
  });

  it('says nothing where no resample could differ', () => {
    expect(effectSizeInterval([1, 1], [0, 0])).toBeNull();
  });
});

describe('permutationP', () => {
  /** Every split of all values into groups of these sizes, as bit masks: a full enumeration in the plainest way. */
  function bruteForce(x: readonly number[], y: readonly number[]): number {
    const all = [...x, ...y];
    const observed = Math.abs(mean(x) - mean(y));
    let splits = 0;
    let hits = 0;
    for (let mask = 0; mask < 2 ** all.length; mask++) {
      const left = all.filter((_, i) => (mask >> i) & 1);
      if (left.length !== x.length) continue;
      const right = all.filter((_, i) => !((mask >> i) & 1));
      splits++;
      if (Math.abs(mean(left) - mean(right)) >= observed - 1e-12) hits++;
    }
    return hits / splits;
  }

  it('is exact for few images', () => {
    fc.assert(
      fc.property(group(6), group(5), (x, y) => {
        if (new Set([...x, ...y]).size === 1) expect(permutationP(x, y)).toBeNull();
        else expect(permutationP(x, y)).toBe(bruteForce(x, y));
      }),
    );
  });

  it('is exact up to 10,000 splits and drawn beyond', () => {
    const index = seededIndex(1);
    const values = (n: number, shift: number) => Array.from({ length: n }, () => index(1000) / 1000 + shift);
    // 16 over 5 = 4,368 splits
    const few = [values(5, 0.2), values(11, 0)] as const;
    expect(permutationP(...few)).toBe(bruteForce(...few));
    // 16 over 8 = 12,870 splits: a multiple of 1/10,001 near the exact p
    const many = [values(8, 0.2), values(8, 0)] as const;
    const drawn = permutationP(...many)!;
    expect(drawn * 10_001).toBeCloseTo(Math.round(drawn * 10_001), 8);
    expect(Math.abs(drawn - bruteForce(...many))).toBeLessThan(0.02);
    expect(permutationP(...many)).toBe(drawn);
  });

  it('never gives 0: the observed split counts', () => {
    const x = Array.from({ length: 40 }, (_, i) => 10 + i / 40);
    const y = Array.from({ length: 40 }, (_, i) => i / 40);
    expect(permutationP(x, y)).toBe(1 / 10_001);
    expect(permutationP([5, 6, 7, 8], [1, 2, 3, 4])).toBe(2 / 70);
  });

  it('is two-sided', () => {
    const [x, y] = [
      [3, 4, 4.5, 9],
      [1, 2, 4, 0.5, 2],
    ];
    expect(permutationP(x, y)).toBe(permutationP(y, x));
  });
});
