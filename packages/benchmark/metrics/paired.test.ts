import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { choice, DATA, type Data, EVERY, randomScores, scoresOf } from '../../../test/support/metric-data.ts';
import type { ExampleScores } from '../task.ts';
import { TASKS } from '../tasks/tasks.ts';
import { mcnemarP } from './mcnemar.ts';
import { PairingError, pairedTest } from './paired.ts';
import { ScoreError } from './score-error.ts';
import { summarise } from './summarise.ts';

const accuracies = EVERY.filter(({ task }) => TASKS[task].kind === 'accuracy');

/** How a checkpoint's metrics are found without any of this file's code: its value of a metric, its credit of an example. */
const figureOf = (data: Data, scores: readonly ExampleScores[], metric: string) =>
  summarise(data, scores).metrics.find((one) => one.metric === metric)?.value ?? null;

/** Of each example the value of every metric over it alone, which is its credit; null where it is not behind the metric. */
const creditsOf = (data: Data, scores: readonly ExampleScores[]) =>
  scores.map((one) => new Map(summarise(data, [one]).metrics.map(({ metric, value }) => [metric, value])));

describe('pairedTest', () => {
  it.each(each(accuracies))('compares the metrics of $task as they are summarised', (data) => {
    const [a, b] = [randomScores(data, 1), randomScores(data, 2)];
    const [own, other] = [summarise(data, a).metrics, summarise(data, b).metrics];
    const paired = pairedTest(data, a, b);
    expect(paired.map(({ metric, n, a, b }) => [metric, n, a, b])).toEqual(
      own.map(({ metric, n, value }, i) => [metric, n, value, other[i]!.value]),
    );
    for (const { metric, n, onlyA, onlyB, difference, low, high, p, mcnemar } of each(paired)) {
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

  it.each(each(accuracies))('counts on $task the examples on which either has the greater credit', (data) => {
    const [a, b] = [randomScores(data, 3), randomScores(data, 4)];
    const [creditsA, creditsB] = [creditsOf(data, a), creditsOf(data, b)];
    // macro means have no value of a single example
    for (const { metric, onlyA, onlyB } of each(
      pairedTest(data, a, b).filter(({ metric }) => !/^(average|macro.*)$/.test(metric)),
    )) {
      const signs = creditsA.map((own, i) => Math.sign((own.get(metric) ?? 0) - (creditsB[i]!.get(metric) ?? 0)));
      expect([onlyA, onlyB]).toEqual([1, -1].map((sign) => signs.filter((one) => one === sign).length));
    }
  });

  it('turns round when A and B change places', () => {
    for (const data of each(accuracies)) {
      const [a, b] = [randomScores(data, 5), randomScores(data, 6)];
      const turned = pairedTest(data, b, a);
      expect(turned.length).toBeGreaterThan(0);
      for (const [i, one] of each(pairedTest(data, a, b)).entries()) {
        expect(turned[i]).toMatchObject({ onlyA: one.onlyB, onlyB: one.onlyA, p: one.p, a: one.b, b: one.a });
        expect(turned[i]!.difference).toBeCloseTo(-one.difference!, 12);
        expect(turned[i]!.low).toBeCloseTo(-one.high!, 12);
        expect(turned[i]!.high).toBeCloseTo(-one.low!, 12);
      }
    }
  });

  it('does not depend on the order of the scores or on a constant added to all of one checkpoint', () => {
    for (const data of each(accuracies)) {
      const [a, b] = [randomScores(data, 7), randomScores(data, 8)];
      const shifted = a.map((one) => ({ ...one, scores: one.scores.map((row) => row.map((score) => score + 11)) }));
      expect(pairedTest(data, shifted.toReversed(), b)).toEqual(pairedTest(data, a, b));
    }
  });

  it('finds no difference between a checkpoint and itself, and says how large one could have gone unseen', () => {
    for (const data of each(accuracies)) {
      const a = randomScores(data, 9);
      const same = pairedTest(data, a, a);
      for (const one of each(same)) {
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
      for (const [i, { test, p }] of each(paired).entries()) {
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
