import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusteredCredit, clusteredAccuracy } from './clustered-accuracy.ts';
import { wilson } from './intervals.ts';
import { seededIndex } from './random.ts';

describe('wilson', () => {
  // scipy 1.17.1: binomtest(k, n).proportion_ci(method='wilson')
  it.each([
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1],
    [5, 10, 0.236593090512564, 0.7634069094874361],
    [90, 400, 0.1868047408249817, 0.26842702105888144],
    [1, 3, 0.06149194472039626, 0.7923403991979523],
    [57, 574, 0.07743733979034548, 0.12649655422479592],
  ])('of %i in %i equals scipy', (k, n, low, high) => {
    expect(wilson(k, n)[0]).toBeCloseTo(low, 12);
    expect(wilson(k, n)[1]).toBeCloseTo(high, 12);
  });

  it('solves (p - q)^2 = z^2 q (1 - q) / n, its definition, and holds p', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(), (n, some) => {
        // Halves, as ties give them.
        const successes = (some % (2 * n + 1)) / 2;
        const p = successes / n;
        const [low, high] = wilson(successes, n);
        expect(low).toBeLessThanOrEqual(p);
        expect(high).toBeGreaterThanOrEqual(p);
        expect(high).toBeGreaterThan(low);
        for (const q of [low, high].filter((end) => end > 0 && end < 1))
          expect((p - q) ** 2).toBeCloseTo((1.959963984540054 ** 2 * q * (1 - q)) / n, 10);
      }),
    );
  });
});

const credit = fc.record({ cluster: fc.constantFrom(...'abcdefgh'), credit: fc.constantFrom(0, 0.5, 1) });
const credits = fc.array(credit, { minLength: 1, maxLength: 30 });
const width = ({ low, high }: { low: number | null; high: number | null }) => high! - low!;

describe('clusteredAccuracy', () => {
  it('has the plain mean as value, within an interval of some width inside 0..1', () => {
    fc.assert(
      fc.property(fc.array(credits, { minLength: 1, maxLength: 4 }), (strata) => {
        const { each, macro } = clusteredAccuracy(strata);
        const means = strata.map((stratum) => stratum.reduce((sum, one) => sum + one.credit, 0) / stratum.length);
        for (const [i, mean] of means.entries()) expect(each[i]!.value).toBeCloseTo(mean, 12);
        expect(macro.value).toBeCloseTo(means.reduce((a, b) => a + b) / means.length, 12);
        for (const one of [...each, macro]) {
          expect(one.low).toBeGreaterThanOrEqual(0);
          expect(one.low).toBeLessThanOrEqual(one.value!);
          expect(one.high).toBeGreaterThanOrEqual(one.value!);
          expect(one.high).toBeLessThanOrEqual(1);
          expect(width(one)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('learns nothing from an example repeated within its cluster, and takes repeats for news where they are not', () => {
    const index = seededIndex(7);
    const once = Array.from(
      { length: 60 },
      (_, i): ClusteredCredit => ({ cluster: `${i}`, credit: index(3) === 0 ? 0 : 1 }),
    );
    const repeated = [...once, ...once, ...once];
    const asNews = repeated.map((one, i) => ({ ...one, cluster: `${i}` }));
    expect(clusteredAccuracy([repeated])).toEqual(clusteredAccuracy([once]));
    expect(width(clusteredAccuracy([asNews]).macro)).toBeLessThan(0.75 * width(clusteredAccuracy([once]).macro));
  });

  it('draws an image for all strata at once: equal strata make the macro mean no surer, unrelated ones do', () => {
    const index = seededIndex(3);
    const stratum = (name: string) =>
      Array.from({ length: 80 }, (_, i): ClusteredCredit => ({ cluster: `${name}${i}`, credit: index(2) }));
    const a = stratum('a');
    expect(clusteredAccuracy([a, a]).macro).toEqual(clusteredAccuracy([a]).macro);
    expect(width(clusteredAccuracy([a, stratum('b')]).macro)).toBeLessThan(0.85 * width(clusteredAccuracy([a]).macro));
  });

  it('covers the true accuracy about 95 times in 100', () => {
    const index = seededIndex(11);
    const truth = 0.7;
    const runs = 200;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      // Both examples of an image are right or wrong together.
      const sample = Array.from({ length: 60 }, (_, i) => {
        const one: ClusteredCredit = { cluster: `${i}`, credit: index(10) < 10 * truth ? 1 : 0 };
        return [one, one];
      });
      const { low, high } = clusteredAccuracy([sample.flat()]).macro;
      if (low! <= truth && truth <= high!) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(covered / runs).toBeLessThan(0.99);
  });

  it('is as wide as the scatter of the clusters says, which is less where examples of an image differ', () => {
    const index = seededIndex(13);
    // 14 unrelated examples an image: one image's mean scatters far less than a single example
    const sample = Array.from({ length: 100 }, (_, i) =>
      Array.from({ length: 14 }, (): ClusteredCredit => ({ cluster: `${i}`, credit: index(2) })),
    );
    const means = sample.map((image) => image.reduce((sum, one) => sum + one.credit, 0) / image.length);
    const centre = means.reduce((a, b) => a + b) / means.length;
    const error = Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0)) / means.length;
    const { low, high } = clusteredAccuracy([sample.flat()]).macro;
    expect((high! - low!) / (2 * 1.96 * error)).toBeGreaterThan(0.85);
    expect((high! - low!) / (2 * 1.96 * error)).toBeLessThan(1.15);
  });

  it('falls back on Wilson over clusters where all are right, all tied, or there is one cluster', () => {
    const same = (clusters: number, value: number) =>
      Array.from({ length: clusters * 3 }, (_, i): ClusteredCredit => ({ cluster: `${i % clusters}`, credit: value }));
    for (const [clusters, value] of [
      [20, 1],
      [20, 0],
      [20, 0.5],
      [1, 1],
    ] as const) {
      const [low, high] = wilson(value * clusters, clusters);
      expect(clusteredAccuracy([same(clusters, value)]).macro).toEqual({ value, low, high });
    }
  });

  it('knows nothing of a stratum without examples, nor of a macro mean with one', () => {
    const unknown = { value: null, low: null, high: null };
    const { each, macro } = clusteredAccuracy([[{ cluster: 'a', credit: 1 }], []]);
    expect([each[0]!.value, each[1], macro]).toEqual([1, unknown, unknown]);
    expect(clusteredAccuracy([[]]).macro).toEqual(unknown);
  });
});
