import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExampleScores } from '../task.ts';
import { TASKS } from '../tasks/tasks.ts';
import { mcnemarP } from './mcnemar.ts';
import { overlap } from './overlap.ts';
import { PairingError, pairedTest } from './paired.ts';
import { ScoreError } from './score-error.ts';
import { signFlipP } from './sign-flip.ts';
import { summarise } from './summarise.ts';
import { choice, DATA, type Data, EVERY, randomScores, scoresOf } from './test-data.ts';

describe('mcnemarP', () => {
  it('equals values computed by hand', () => {
    // 2 (1 + 12 + 66) / 2^12
    expect(mcnemarP(10, 2)).toBeCloseTo(158 / 4096, 14);
    // 2 (1 + 5) / 2^5
    expect(mcnemarP(1, 4)).toBeCloseTo(12 / 32, 14);
    expect(mcnemarP(6, 0)).toBeCloseTo(2 / 64, 14);
    expect(mcnemarP(0, 0)).toBe(1);
    expect(mcnemarP(7, 7)).toBe(1);
  });

  // the paper's human comparison: 60-33 is significant, 50-38 is not
  it.each([
    [60, 33, true],
    [50, 38, false],
  ])('%i to %i', (a, b, significant) => {
    expect(mcnemarP(a, b) < 0.05).toBe(significant);
  });

  it('is the share of all coin sequences that are as lopsided', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), (a, b) => {
        const n = a + b;
        let hits = 0;
        for (let heads = 0; heads < 2 ** n; heads++) {
          const count = heads.toString(2).replaceAll('0', '').length;
          if (Math.abs(count - n / 2) >= Math.abs(a - n / 2)) hits++;
        }
        expect(mcnemarP(a, b)).toBeCloseTo(hits / 2 ** n, 12);
      }),
    );
  });

  it('does not depend on which is called A, and stands thousands of examples', () => {
    expect(mcnemarP(3, 9)).toBe(mcnemarP(9, 3));
    // exact by whole numbers: sum of C(n, i), i <= k, over 2^(n - 1)
    for (const [n, k] of [
      [2000, 950],
      [5000, 2400],
    ] as const) {
      let ways = 1n;
      let sum = 1n;
      for (let i = 0n; i < BigInt(k); i++) {
        ways = (ways * (BigInt(n) - i)) / (i + 1n);
        sum += ways;
      }
      const exact = Number((sum * 10n ** 18n) / 2n ** BigInt(n - 1)) / 1e18;
      expect(mcnemarP(n - k, k) / exact).toBeCloseTo(1, 9);
    }
  });
});

describe('signFlipP', () => {
  const parts = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 9 });

  it('is the share of all sign patterns whose sum is as large', () => {
    fc.assert(
      fc.property(parts, (values) => {
        const observed = Math.abs(values.reduce((a, b) => a + b, 0));
        let hits = 0;
        for (let signs = 0; signs < 2 ** values.length; signs++) {
          const sum = values.reduce((total, value, i) => total + ((signs >> i) & 1 ? value : -value), 0);
          if (Math.abs(sum) >= observed) hits++;
        }
        expect(signFlipP(values)).toBeCloseTo(hits / 2 ** values.length, 12);
      }),
    );
  });

  it('is McNemar’s exact test where each part is one example won or lost', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(6), fc.nat(20), (a, b, concordant) => {
        const values = [...Array(a).fill(1), ...Array(b).fill(-1), ...Array(concordant).fill(0)];
        expect(signFlipP(values)).toBeCloseTo(mcnemarP(a, b), 12);
      }),
    );
  });

  it('is drawn beyond 10,000 patterns, near the exact value and never 0', () => {
    const values = [...Array(60).fill(0.1), ...Array(33).fill(-0.1)];
    expect(Math.abs(signFlipP(values) - mcnemarP(60, 33))).toBeLessThan(0.003);
    expect(signFlipP(values) * 10_001).toBeCloseTo(Math.round(signFlipP(values) * 10_001), 8);
    expect(signFlipP(Array(80).fill(1))).toBe(1 / 10_001);
  });
});

const accuracies = EVERY.filter(({ task }) => TASKS[task].kind === 'accuracy');

/** How a checkpoint's metrics are found without any of this file's code: its value of a metric, its credit of an example. */
const figureOf = (data: Data, scores: readonly ExampleScores[], metric: string) =>
  summarise(data, scores).metrics.find((one) => one.metric === metric)?.value ?? null;

describe('pairedTest', () => {
  it.each(accuracies)('compares the metrics of $task as they are summarised', (data) => {
    const [a, b] = [randomScores(data, 1), randomScores(data, 2)];
    const [own, other] = [summarise(data, a).metrics, summarise(data, b).metrics];
    const paired = pairedTest(data, a, b);
    expect(paired.map(({ metric, n, a, b }) => [metric, n, a, b])).toEqual(
      own.map(({ metric, n, value }, i) => [metric, n, value, other[i]!.value]),
    );
    for (const { metric, n, onlyA, onlyB, difference, low, high, p, mcnemar } of paired) {
      expect(difference).toBeCloseTo(figureOf(data, a, metric)! - figureOf(data, b, metric)!, 12);
      expect(low).toBeLessThanOrEqual(difference!);
      expect(high).toBeGreaterThanOrEqual(difference!);
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      expect(onlyA + onlyB).toBeLessThanOrEqual(n);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(mcnemar).toBe(mcnemarP(onlyA, onlyB));
    }
  });

  it.each(accuracies)('counts on $task the examples on which either has the greater credit', (data) => {
    const [a, b] = [randomScores(data, 3), randomScores(data, 4)];
    // an accuracy over a single example is its credit; macro means have none of a single example
    for (const { metric, onlyA, onlyB } of pairedTest(data, a, b).filter(
      ({ metric }) => !/^(average|macro)$/.test(metric),
    )) {
      const signs = data.examples.map(({ index }) =>
        Math.sign((figureOf(data, [a[index]!], metric) ?? 0) - (figureOf(data, [b[index]!], metric) ?? 0)),
      );
      expect([onlyA, onlyB]).toEqual([1, -1].map((sign) => signs.filter((one) => one === sign).length));
    }
  });

  it('turns round when A and B change places', () => {
    for (const data of accuracies) {
      const [a, b] = [randomScores(data, 5), randomScores(data, 6)];
      const turned = pairedTest(data, b, a);
      for (const [i, one] of pairedTest(data, a, b).entries()) {
        expect(turned[i]).toMatchObject({ onlyA: one.onlyB, onlyB: one.onlyA, p: one.p, a: one.b, b: one.a });
        expect(turned[i]!.difference).toBeCloseTo(-one.difference!, 12);
        expect(turned[i]!.low).toBeCloseTo(-one.high!, 12);
        expect(turned[i]!.high).toBeCloseTo(-one.low!, 12);
      }
    }
  });

  it('does not depend on the order of the scores or on a constant added to all of one checkpoint', () => {
    for (const data of accuracies) {
      const [a, b] = [randomScores(data, 7), randomScores(data, 8)];
      const shifted = a.map((one) => ({ ...one, scores: one.scores.map((row) => row.map((score) => score + 11)) }));
      expect(pairedTest(data, shifted.toReversed(), b)).toEqual(pairedTest(data, a, b));
    }
  });

  it('finds no difference between a checkpoint and itself, and says how large one could have gone unseen', () => {
    for (const data of accuracies) {
      const a = randomScores(data, 9);
      for (const one of pairedTest(data, a, a)) {
        expect(one).toMatchObject({ onlyA: 0, onlyB: 0, difference: 0, p: 1, mcnemar: 1 });
        expect(one.low).toBeLessThan(0);
        expect(one.high).toBe(-one.low!);
      }
    }
  });

  it('takes McNemar’s test where examples are independent, sign flips by cluster where they are not', () => {
    const tests = (data: Data) =>
      pairedTest(data, randomScores(data, 1), randomScores(data, 2)).map(({ test }) => test);
    expect(new Set(tests(DATA.winoground))).toEqual(new Set(['mcnemar']));
    expect(tests(DATA.flickr30k_image)).toEqual(['mcnemar', 'mcnemar']);
    expect(new Set(tests(DATA.clevr))).toEqual(new Set(['sign-flip']));
    // attributes of one example an image: the accuracy is McNemar's, the macro mean is not
    expect(tests(DATA.vg_attribution)).toEqual(['mcnemar', 'sign-flip']);
  });

  it.each([DATA.clevr, DATA.vg_relation, DATA.imagecode, DATA.coco_order])(
    'gives on $task the share of all exchanges of whole clusters that differ as much',
    (data) => {
      const [a, b] = [randomScores(data, 10), randomScores(data, 11)];
      const clusters = [...new Set(data.examples.map(({ cluster }) => cluster))];
      expect(clusters.length).toBeLessThan(8);
      const paired = pairedTest(data, a, b);
      const hits = paired.map(() => 0);
      for (let mask = 0; mask < 2 ** clusters.length; mask++) {
        const isTurned = data.examples.map(({ cluster }) => (mask >> clusters.indexOf(cluster)) & 1);
        const [c, d] = [a.map((one, i) => (isTurned[i] ? b[i]! : one)), b.map((one, i) => (isTurned[i] ? a[i]! : one))];
        const [left, right] = [summarise(data, c).metrics, summarise(data, d).metrics];
        for (const [i, { difference }] of paired.entries())
          if (Math.abs(left[i]!.value! - right[i]!.value!) >= Math.abs(difference!) - 1e-9) hits[i]! += 1;
      }
      for (const [i, { test, p }] of paired.entries()) {
        expect(test).toBe('sign-flip');
        expect(p).toBeCloseTo(hits[i]! / 2 ** clusters.length, 12);
      }
    },
  );

  it('has a narrower interval than the two checkpoints apart, where they agree on most examples', () => {
    const data = choice('pets', 300, [37, 1]);
    const a = scoresOf(data, ({ index }, text) => (index % 3 > 0 === (text === 0) ? 1 : 0));
    const b = a.map((one, i) => (i % 30 === 1 ? { ...one, scores: one.scores.map(([score]) => [1 - score!]) } : one));
    const [own] = summarise(data, a).metrics;
    const [one] = pairedTest(data, a, b);
    expect([one!.onlyA, one!.onlyB]).toEqual([10, 0]);
    expect(one!.p).toBeCloseTo(2 / 2 ** 10, 12);
    expect(one!.low).toBeGreaterThan(0);
    expect(one!.high! - one!.low!).toBeLessThan(0.5 * (own!.high! - own!.low!));
  });

  it('refuses scores of different examples and scores that are not finite, and knows nothing of nothing', () => {
    const data = DATA.pets;
    const a = randomScores(data, 12);
    expect(() => pairedTest(data, a, a.slice(1))).toThrow(
      new PairingError(
        'Task pets: the first checkpoint has scores of example pets/0 and the second has not; score both on the same examples.',
      ),
    );
    expect(() => pairedTest(data, a.slice(0, 3), a)).toThrow(/second checkpoint has scores of example pets\/3 /);
    const broken = scoresOf(data, () => Number.NaN);
    expect(() => pairedTest(data, a, broken)).toThrow(ScoreError);
    expect(pairedTest(data, [], [])).toMatchObject([{ n: 0, a: null, b: null, difference: null, low: null, p: null }]);
    expect(pairedTest(data, a.slice(0, 9), a.slice(0, 9))).toMatchObject([{ n: 9 }]);
  });

  it('has nothing to say of bias', () => {
    for (const data of [DATA.mmbias, DATA.genderbias])
      expect(pairedTest(data, randomScores(data, 1), randomScores(data, 2))).toEqual([]);
  });
});

describe('overlap', () => {
  it.each([2, 3])('of %i checkpoints counts every example once, with those that have it right', (count) => {
    for (const data of accuracies) {
      const checkpoints = Array.from({ length: count }, (_, i) => randomScores(data, 20 + i));
      const { metric } = summarise(data, []).metrics[0]!;
      const counts = overlap(data, checkpoints, metric);
      const behind = data.examples.filter(({ index }) => figureOf(data, [checkpoints[0]![index]!], metric) !== null);
      const isRight = (place: number, index: number) => figureOf(data, [checkpoints[place]![index]!], metric) === 1;
      expect(counts.map(({ right }) => right.join())).toHaveLength(2 ** count);
      expect(new Set(counts.map(({ right }) => right.join())).size).toBe(2 ** count);
      for (const { right, count: found } of counts) {
        const expected = behind.filter(({ index }) =>
          checkpoints.every((_, place) => isRight(place, index) === right.includes(place)),
        );
        expect(found).toBe(expected.length);
      }
    }
  });

  it('refuses one checkpoint or four, a metric that is none of the task’s, and different examples', () => {
    const data = DATA.pets;
    const a = randomScores(data, 1);
    expect(() => overlap(data, [a], 'accuracy')).toThrow('An overlap is that of 2 or 3 checkpoints, not of 1.');
    expect(() => overlap(data, [a, a, a, a], 'accuracy')).toThrow(RangeError);
    expect(() => overlap(data, [a, a], 'r1')).toThrow('Task pets has no accuracy called r1.');
    expect(() => overlap(data, [a, a, a.slice(2)], 'accuracy')).toThrow(PairingError);
  });
});
