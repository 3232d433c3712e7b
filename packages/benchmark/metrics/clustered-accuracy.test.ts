import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteredAccuracy, UNKNOWN } from './clustered-accuracy.ts';
import { wilson } from './intervals.ts';
import { seededIndex } from './random.ts';
import { type ClusterValue, macroMean, resampledMacroMeans } from './strata.ts';

const credit = fc.record({ cluster: fc.constantFrom(...'abcdefgh'), value: fc.constantFrom(0, 0.5, 1) });
const credits = fc.array(credit, { minLength: 1, maxLength: 30 });
const width = ({ low, high }: { low: number | null; high: number | null }) => high! - low!;

describe('clusteredAccuracy', () => {
  it('has the plain macro mean as value, within an interval of some width inside 0..1', () => {
    fc.assert(
      fc.property(fc.array(credits, { minLength: 1, maxLength: 4 }), (strata) => {
        const one = clusteredAccuracy(strata);
        const means = strata.map((stratum) => stratum.reduce((sum, own) => sum + own.value, 0) / stratum.length);
        expect(one.value).toBeCloseTo(means.reduce((a, b) => a + b) / means.length, 12);
        expect(one.low).toBeGreaterThanOrEqual(0);
        expect(one.low).toBeLessThanOrEqual(one.value!);
        expect(one.high).toBeGreaterThanOrEqual(one.value!);
        expect(one.high).toBeLessThanOrEqual(1);
        expect(width(one)).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  it('learns nothing from an example repeated within its cluster, and takes repeats for news where they are not', () => {
    const index = seededIndex(7);
    const once = Array.from(
      { length: 60 },
      (_, i): ClusterValue => ({ cluster: `${i}`, value: index(3) === 0 ? 0 : 1 }),
    );
    const repeated = [...once, ...once, ...once];
    const asNews = repeated.map((one, i) => ({ ...one, cluster: `${i}` }));
    expect(clusteredAccuracy([repeated])).toEqual(clusteredAccuracy([once]));
    expect(width(clusteredAccuracy([asNews]))).toBeLessThan(0.75 * width(clusteredAccuracy([once])));
  });

  it('draws an image for all strata at once: equal strata make the macro mean no surer, unrelated ones do', () => {
    const index = seededIndex(3);
    const stratum = (name: string) =>
      Array.from({ length: 80 }, (_, i): ClusterValue => ({ cluster: `${name}${i}`, value: index(2) }));
    const a = stratum('a');
    expect(width(clusteredAccuracy([a, a])) / width(clusteredAccuracy([a]))).toBeCloseTo(1, 1);
    expect(width(clusteredAccuracy([a, stratum('b')]))).toBeLessThan(0.85 * width(clusteredAccuracy([a])));
  });

  it('covers the true accuracy about 95 times in 100', () => {
    const index = seededIndex(11);
    const truth = 0.7;
    const runs = 200;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      // Both examples of an image are right or wrong together.
      const sample = Array.from({ length: 60 }, (_, i) => {
        const one: ClusterValue = { cluster: `${i}`, value: index(10) < 10 * truth ? 1 : 0 };
        return [one, one];
      });
      const { low, high } = clusteredAccuracy([sample.flat()]);
      if (low! <= truth && truth <= high!) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(covered / runs).toBeLessThan(0.99);
  });

  it('is as wide as the scatter of the clusters says, which is less where examples of an image differ', () => {
    const index = seededIndex(13);
    // 14 unrelated examples an image: one image's mean scatters far less than a single example
    const sample = Array.from({ length: 100 }, (_, i) =>
      Array.from({ length: 14 }, (): ClusterValue => ({ cluster: `${i}`, value: index(2) })),
    );
    const means = sample.map((image) => image.reduce((sum, one) => sum + one.value, 0) / image.length);
    const centre = means.reduce((a, b) => a + b) / means.length;
    const error = Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0)) / means.length;
    const { low, high } = clusteredAccuracy([sample.flat()]);
    expect((high! - low!) / (2 * 1.96 * error)).toBeGreaterThan(0.85);
    expect((high! - low!) / (2 * 1.96 * error)).toBeLessThan(1.15);
  });

  it('falls back on Wilson over clusters where all are right, all tied, or there is one cluster', () => {
    const same = (clusters: number, value: number) =>
      Array.from({ length: clusters * 3 }, (_, i): ClusterValue => ({ cluster: `${i % clusters}`, value }));
    for (const [clusters, value] of [
      [20, 1],
      [20, 0],
      [20, 0.5],
      [1, 1],
    ] as const) {
      const [low, high] = wilson(value * clusters, clusters);
      expect(clusteredAccuracy([same(clusters, value)])).toEqual({ value, low, high });
    }
  });

  it('knows nothing while a stratum has no example, or there is none', () => {
    expect(clusteredAccuracy([[{ cluster: 'a', value: 1 }], []])).toEqual(UNKNOWN);
    expect(clusteredAccuracy([[]])).toEqual(UNKNOWN);
    expect(clusteredAccuracy([])).toEqual(UNKNOWN);
  });

  /** `sizes[g]` images with one example each; a group's accuracy is drawn anew for every sample, about 0.65. */
  function groupsOf(sizes: readonly number[], index: (below: number) => number) {
    const truths = sizes.map(() => 0.45 + index(40) / 100);
    const strata = sizes.map((size, g) =>
      Array.from({ length: size }, (_, i): ClusterValue => {
        return { cluster: `${g}/${i}`, value: index(1000) < 1000 * truths[g]! ? 1 : 0 };
      }),
    );
    return { strata, truth: truths.reduce((a, b) => a + b) / truths.length };
  }

  it.each([
    ['a few large groups and many of one to three', [40, 20, 10, 5, 5, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]],
    ['groups of one only', Array(24).fill(1)],
    ['groups of three', Array(30).fill(3)],
  ])('covers a macro mean over %s about 95 times in 100', (_, sizes) => {
    const index = seededIndex(17);
    const runs = 120;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const { strata, truth } = groupsOf(sizes, index);
      const { low, high } = clusteredAccuracy(strata);
      if (low! <= truth && truth <= high!) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.89);
    expect(covered / runs).toBeLessThanOrEqual(1);
  });
});

describe('macroMean', () => {
  it('is the value itself where all are equal, whatever rounding a sum would bring', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 99 }), (value, n) => {
        const stratum = Array.from({ length: n }, () => ({ cluster: 'a', value }));
        expect(macroMean([stratum, stratum.slice(0, 1), stratum])).toBe(value);
      }),
    );
  });
});

describe('resampledMacroMeans', () => {
  it('has the spread that the scatter within each group says, small groups among them', () => {
    const index = seededIndex(23);
    // two examples an image, alike within it
    const sizes = [2, 3, 5, 8, 40];
    const strata = sizes.map((size, g) =>
      Array.from({ length: size }, (_, i): ClusterValue[] => {
        const one = { cluster: `${g}/${i}`, value: index(1000) / 1000 };
        return [one, one];
      }).flat(),
    );
    // variance of a mean of n: s^2 / n, s^2 with n - 1
    const variances = strata.map((stratum, g) => {
      const n = sizes[g]!;
      const values = stratum.filter((_, i) => i % 2 === 0).map(({ value }) => value);
      const centre = values.reduce((a, b) => a + b) / n;
      return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1) / n;
    });
    const expected = Math.sqrt(variances.reduce((a, b) => a + b)) / sizes.length;
    const means = resampledMacroMeans(strata);
    const centre = means.reduce((a, b) => a + b) / means.length;
    const spread = Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / means.length);
    expect(spread / expected).toBeGreaterThan(0.85);
    expect(spread / expected).toBeLessThan(1.25);
    expect(Math.abs(centre - macroMean(strata))).toBeLessThan(0.2 * expected);
  });
});
