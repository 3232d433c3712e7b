import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import {
  choice,
  clevr,
  DATA,
  type Data,
  EVERY,
  genderbias,
  mmbias,
  randomScores,
  scoresOf,
  winoground,
} from '../../../test/support/metric-data.ts';
import type { ExampleScores } from '../task.ts';
import { describeMetric } from '../tasks/display.ts';
import { CLEVR_SUBTASKS, TASKS } from '../tasks/tasks.ts';
import { wilson } from './intervals.ts';
import { ScoreError } from './score-error.ts';
import { summarise } from './summarise.ts';

function metric(data: Data, scores: readonly ExampleScores[], name: string) {
  const found = summarise(data, scores).metrics.find((one) => one.metric === name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
}

describe('a model that knows nothing', () => {
  it.each(each(EVERY.filter(({ task }) => TASKS[task].kind === 'accuracy' && task !== 'winoground')))(
    'lands exactly on chance on $task, every example a tie',
    (data) => {
      const constant = scoresOf(data, () => 0.3);
      const { ties, n, metrics } = summarise(data, constant);
      expect([ties, n]).toEqual([data.examples.length, data.examples.length]);
      for (const { metric, value, chance } of each(metrics)) {
        expect(value).toBe(chance);
        expect(chance).toBe(describeMetric(data.task, metric).chance);
      }
      // however little is scored
      for (const { value, chance } of each(summarise(data, constant.slice(0, 4)).metrics))
        expect([chance, null]).toContain(value);
    },
  );

  it('lands exactly on chance where examples differ in their number of candidates', () => {
    const some = [3, 7, 10, 4].flatMap((n) => choice('imagecode', 2, [1, n], { turns: true }).examples);
    const data: Data = { task: 'imagecode', examples: some.map((one, index) => ({ ...one, index, id: `${index}` })) };
    const [r1, r5] = summarise(
      data,
      scoresOf(data, () => -2),
    ).metrics;
    expect(r1!.value).toBe(r1!.chance);
    expect(r1!.chance).toBeCloseTo((1 / 3 + 1 / 7 + 1 / 10 + 1 / 4) / 4, 12);
    expect(r5!.value).toBe(r5!.chance);
    expect(r5!.chance).toBeCloseTo((1 + 5 / 7 + 1 / 2 + 1) / 4, 12);
  });

  it('lands on 0 on winoground, whose comparisons are strict', () => {
    const { ties, metrics } = summarise(
      DATA.winoground,
      scoresOf(DATA.winoground, () => 0.3),
    );
    expect(ties).toBe(3);
    for (const { value } of each(metrics)) expect(value).toBe(0);
  });

  it.each([DATA.mmbias, DATA.genderbias])('has no effect size and no p on $task, rather than 0', (data) => {
    // A score that depends on the image alone is the same for all phrases.
    const { ties, metrics } = summarise(
      data,
      scoresOf(data, ({ index }) => 0.1 * index),
    );
    expect(ties).toBeNull();
    expect(new Set(metrics.flatMap(({ value, low, high }) => [value, low, high]))).toEqual(new Set([null]));
  });
});

describe('summarise', () => {
  it('does not depend on the order of the scores or on a constant added to all of them', () => {
    for (const data of EVERY)
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: -99, max: 99 }), (seed, shift) => {
          const scores = randomScores(data, seed);
          const moved = scores
            .toReversed()
            .map((one) => ({ ...one, scores: one.scores.map((row) => row.map((s) => s + shift)) }));
          expect(summarise(data, moved)).toEqual(summarise(data, scores));
        }),
        { numRuns: 5 },
      );
  });

  it('does not depend on the order of the candidates, if the right one’s place follows', () => {
    for (const data of each(EVERY.filter(({ task }) => TASKS[task].kind === 'accuracy' && task !== 'winoground')))
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: 1, max: 36 }), (seed, by) => {
          const scores = randomScores(data, seed);
          // candidate i goes to place (i + by) mod m
          const turn = <T>(list: readonly T[]) => list.map((_, i) => list[(i + list.length * by - by) % list.length]!);
          const turned = scores.map((one) => ({ ...one, scores: turn(one.scores).map(turn) }));
          const examples = data.examples.map((example) => {
            const m = Math.max(example.texts.length, example.images.length);
            return { ...example, right: ((example.right ?? 0) + by) % m };
          });
          expect(summarise({ ...data, examples }, turned)).toEqual(summarise(data, scores));
        }),
        { numRuns: 5 },
      );
  });

  it('names the same metrics in the same order however little is scored', () => {
    for (const data of EVERY) {
      const names = (scores: ExampleScores[]) => summarise(data, scores).metrics.map(({ metric }) => metric);
      const scores = randomScores(data, 1);
      expect(names(scores).length).toBeGreaterThan(0);
      expect(names([])).toEqual(names(scores));
      expect(names(scores.slice(0, 3))).toEqual(names(scores));
      expect(new Set(names(scores)).size).toBe(names(scores).length);
      for (const { value, n } of each(summarise(data, []).metrics)) expect([value, n]).toEqual([null, 0]);
    }
  });

  it('refuses scores that are not finite, and names task and example', () => {
    for (const data of EVERY)
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const last = data.examples.at(-1)!;
        const text = last.texts.length - 1;
        const scores = scoresOf(data, ({ index }, row) => (index === last.index && row === text ? bad : 0));
        expect(() => summarise(data, scores)).toThrow(ScoreError);
        expect(() => summarise(data, scores)).toThrow(
          `Task ${data.task}, example ${last.id}: the score of text ${text} and image 0 is ${bad}`,
        );
      }
  });

  it('refuses scores of no example, scores given twice, and a wrong shape', () => {
    const [first, second] = randomScores(DATA.winoground, 1) as [ExampleScores, ExampleScores];
    const refused = (scores: ExampleScores[], message: string) =>
      expect(() => summarise(DATA.winoground, scores)).toThrow(new ScoreError('winoground', '0', message));
    refused([{ ...first, index: 9 }], 'the data has no such example at position 9');
    refused([{ ...first, index: second.index }], 'the data has no such example at position 1');
    refused([first, second, first], 'it was scored twice');
    refused([{ ...first, scores: [[1, 2]] }], 'its scores must be 2 texts by 2 images');
    refused([{ ...first, scores: [[1, 2], [1]] }], 'its scores must be 2 texts by 2 images');
  });
});

describe('clevr', () => {
  it('gives each subtask its own accuracy and their macro mean, whatever their sizes', () => {
    const data = clevr(2);
    // 4 examples a subtask: the first `place` are right, then one tie, the rest wrong; one subtask has only 2 scored.
    const scores = scoresOf(data, ({ index, group }, text) => {
      const right = CLEVR_SUBTASKS.indexOf(group as (typeof CLEVR_SUBTASKS)[number]) % 4;
      const place = index % 4;
      if (place === right) return 0;
      return place < right === (text === 0) ? 1 : 0;
    }).filter(({ index }) => index < 26);
    const { metrics, ties, n } = summarise(data, scores);
    const expected = [0.5 / 4, 1.5 / 4, 2.5 / 4, 3.5 / 4, 0.5 / 4, 1.5 / 4, 2 / 2];
    expect(metrics.map(({ value }) => value)).toEqual([
      ...expected,
      expect.closeTo(expected.reduce((a, b) => a + b) / 7, 12),
    ]);
    expect(metrics.map((one) => one.n)).toEqual([4, 4, 4, 4, 4, 4, 2, 26]);
    expect([ties, n]).toEqual([6, 26]);
  });

  it('has no average until every subtask has an example', () => {
    const data = clevr(2);
    const scores = randomScores(data, 2);
    const all = CLEVR_SUBTASKS.map((_, i) => scores[4 * i]!);
    expect(metric(data, all.slice(0, 6), 'average').value).toBeNull();
    const values = CLEVR_SUBTASKS.map((subtask) => metric(data, all, subtask).value!);
    expect(metric(data, all.slice(0, 6), CLEVR_SUBTASKS[0]!).value).toBe(values[0]);
    expect(metric(data, all, 'average').value).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 12);
  });
});

describe('winoground', () => {
  it('counts each score, in all and by tag', () => {
    const data = winoground([['Relation', 'Noun'], ['Object'], ['Relation', 'Relation']]);
    const matrices = [
      [
        [4, 1],
        [1, 4],
      ], // all right
      [
        [4, 3],
        [1, 2],
      ], // image 1 prefers caption 0: image score only for caption 0
      [
        [4, 5],
        [1, 6],
      ], // each image prefers its own caption, caption 0 the other image
    ];
    const scores = scoresOf(data, ({ index }, text, image) => matrices[index]![text]![image]!);
    const values = Object.fromEntries(
      summarise(data, scores).metrics.map(({ metric, value, n }) => [metric, [value, n]]),
    );
    expect(values).toEqual({
      text: [2 / 3, 3],
      image: [2 / 3, 3],
      group: [1 / 3, 3],
      'text.Relation': [1, 2],
      'image.Relation': [1 / 2, 2],
      'group.Relation': [1 / 2, 2],
      'text.Noun': [1, 1],
      'image.Noun': [1, 1],
      'group.Noun': [1, 1],
      'text.Object': [0, 1],
      'image.Object': [1, 1],
      'group.Object': [0, 1],
    });
    expect(summarise(data, scores).ties).toBe(0);
  });
});

describe('mmbias', () => {
  it('measures the official pairs, and every pair of another category', () => {
    const names = summarise(DATA.mmbias, []).metrics.map(({ metric }) => metric);
    const pairs = ['Buddhist-Muslim', 'A-B', 'A-C', 'B-C'];
    expect(names).toEqual(pairs.flatMap((pair) => [`${pair}.effect_size`, `${pair}.p_value`]));
  });

  it('takes pleasant phrases first, and is positive where they go with X', () => {
    const data = mmbias(2, ['Emblem/A', 'Emblem/B']);
    // phi is 1 and 3 for A, 0 for B
    const phi = [1, 3, 0, 0];
    const scores = scoresOf(data, ({ index }, text) => (text < 2 ? phi[index]! : 0));
    expect(metric(data, scores, 'A-B.effect_size').value).toBeCloseTo(2 / Math.sqrt(1.5), 12);
    // of 6 splits, the observed one and its mirror
    expect(metric(data, scores, 'A-B.p_value')).toMatchObject({
      value: 2 / 6,
      low: null,
      high: null,
      chance: null,
      n: 4,
    });
  });

  it('waits for an image of both groups, and with the interval for two', () => {
    const data = mmbias(3, ['Emblem/A', 'Emblem/B']);
    const scores = scoresOf(data, ({ index }, text) => (text === 0 ? index : 0));
    const some = (...places: number[]) => places.map((place) => scores[place]!);
    expect(metric(data, some(0, 1, 2), 'A-B.effect_size')).toMatchObject({ value: null, low: null, n: 3 });
    expect(metric(data, some(0, 1, 2), 'A-B.p_value').value).toBeNull();
    // phi is 0.5 and 1.5, so the deviation is 0.5; both splits of two images are hits
    const two = metric(data, some(1, 3), 'A-B.effect_size');
    expect(two.value).toBeCloseTo(-2, 12);
    expect(two).toMatchObject({ low: null, high: null, n: 2 });
    expect(metric(data, some(1, 3), 'A-B.p_value').value).toBe(1);
    expect(metric(data, some(0, 1, 2, 3), 'A-B.effect_size')).toMatchObject({ low: null, n: 4 });
    const four = metric(data, some(0, 1, 3, 4), 'A-B.effect_size');
    expect(four.low).toBeLessThanOrEqual(four.value!);
  });
});

describe('genderbias', () => {
  it('is the first text’s score less the second’s, images of men against those of women', () => {
    const data = genderbias(2);
    // clothes: phi is 1 and 3 for men, 0 for women
    const phi = [1, 3, 0, 0];
    const scores = scoresOf(data, ({ index }, text) => (text === 0 ? (phi[index] ?? index) : 0));
    expect(summarise(data, scores).metrics.map(({ metric }) => metric)).toEqual(
      ['clothes', 'bags', 'drinks'].flatMap((object) => [`${object}.effect_size`, `${object}.p_value`]),
    );
    expect(metric(data, scores, 'clothes.effect_size').value).toBeCloseTo(2 / Math.sqrt(1.5), 12);
    expect(metric(data, scores, 'clothes.p_value')).toMatchObject({ value: 2 / 6, low: null, n: 4 });
  });
});

describe('recall', () => {
  it('counts the right candidate among the best one or five, wherever it stands', () => {
    const data = choice('imagecode', 4, [1, 10], { turns: true });
    // candidates above the right one: 0, 4, 5, and none but two that tie with it for the fifth place
    const places = [0, 4, 5];
    const scores = data.examples.map(({ index, id, right }) => {
      const others = (place: number) => (place < 4 ? 2 : place < 6 ? 1 : 0);
      const row = Array.from({ length: 10 }, (_, i) => {
        const place = (i - right! + 10) % 10;
        if (index < 3) return place === 0 ? 1 : place <= places[index]! ? 2 : 0;
        return place === 0 ? 1 : others(place - 1);
      });
      return { index, example: id, scores: [row] };
    });
    const [r1, r5] = summarise(data, scores).metrics;
    expect(r1!.value).toBe(1 / 4);
    expect(r5!.value).toBeCloseTo((1 + 1 + 0 + 1 / 3) / 4, 12);
    expect(summarise(data, scores).ties).toBe(0);
  });
});

describe('vg', () => {
  it('weighs every group the same in the macro mean, every example in the accuracy', () => {
    const data = choice('vg_relation', 8, [2, 1], { groups: ['on', 'on', 'on', 'behind'] });
    // all of "on" right, none of "behind"
    const scores = scoresOf(data, ({ group }, text) => ((group === 'on') === (text === 0) ? 1 : 0));
    expect(metric(data, scores, 'accuracy')).toMatchObject({ value: 6 / 8, n: 8, chance: 1 / 2 });
    expect(metric(data, scores, 'macro')).toMatchObject({ value: 1 / 2, n: 8, chance: 1 / 2 });
    expect(metric(data, scores.slice(0, 3), 'macro').value).toBeNull();
    expect(metric(data, scores.slice(0, 3), 'accuracy').value).toBe(1);
  });

  it('takes the published macro mean over the published relations alone, without symmetric and rare ones', () => {
    const groups = ['to the left of', 'near', 'pulling', 'wearing'];
    const data = choice('vg_relation', 8, [2, 1], { groups });
    // all of "wearing" and of those that do not count are right, none of "to the left of"
    const scores = scoresOf(data, ({ group }, text) => ((group !== 'to the left of') === (text === 0) ? 1 : 0));
    expect(metric(data, scores, 'macro')).toMatchObject({ value: 3 / 4, n: 8 });
    expect(metric(data, scores, 'macro_published')).toMatchObject({ value: 1 / 2, n: 4, chance: 1 / 2 });
    const others = choice('vg_relation', 4, [2, 1], { groups: ['near', 'next to'] });
    const names = summarise(others, []).metrics.map((one) => one.metric);
    expect(names).toEqual(['accuracy', 'macro']);
  });

  it('takes that of attributes over pairs of at least 25 examples, of which there must be two', () => {
    const of = (counts: Record<string, number>) => {
      const groups = Object.entries(counts).flatMap(([pair, count]) => Array.from({ length: count }, () => pair));
      return choice('vg_attribution', groups.length, [2, 1], { groups });
    };
    const data = of({ old_new: 25, wet_dry: 30, red_blue: 24 });
    const scores = scoresOf(data, ({ group }, text) => ((group !== 'wet_dry') === (text === 0) ? 1 : 0));
    expect(metric(data, scores, 'macro').value).toBeCloseTo(2 / 3, 12);
    expect(metric(data, scores, 'macro_published')).toMatchObject({ value: 1 / 2, n: 55 });
    const one = of({ old_new: 25, wet_dry: 24 });
    expect(summarise(one, []).metrics.some((each) => each.metric === 'macro_published')).toBe(false);
  });
});

describe('intervals', () => {
  it('are Wilson’s where no two examples share a cluster, and wider than that where they do', () => {
    const alone = choice('coco_order', 60, [5, 1]);
    const shared = choice('coco_order', 60, [5, 1], { shared: 5 });
    // the captions of an image are right or wrong together
    const right = (index: number) => Math.floor(index / 5) % 3 > 0;
    const scores = (data: Data) => scoresOf(data, ({ index }, text) => (right(index) === (text === 0) ? 1 : 0));
    const one = metric(alone, scores(alone), 'accuracy');
    expect([one.low, one.high]).toEqual(wilson(40, 60));
    const other = metric(shared, scores(shared), 'accuracy');
    expect(other.value).toBe(one.value);
    expect(other.high! - other.low!).toBeGreaterThan(1.5 * (one.high! - one.low!));
  });
});
