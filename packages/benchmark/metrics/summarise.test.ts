import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example, ExampleScores, TaskData, TaskName } from '../task.ts';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { seededIndex } from './random.ts';
import { ScoreError } from './score-error.ts';
import { summarise } from './summarise.ts';

type Data = Pick<TaskData, 'task' | 'examples' | 'pleasant'>;

const images = (n: number) => Array.from({ length: n }, (_, i) => ({ path: `/data/${i}.png` }));

function clevr(imagesInAll: number): Data {
  const examples = CLEVR_SUBTASKS.flatMap((group) =>
    Array.from({ length: 2 * imagesInAll }, (_, i) => ({
      group,
      cluster: `${i >> 1}.png`,
      id: `${group}/${i >> 1}.png/${i % 2}`,
    })),
  );
  return {
    task: 'clevr',
    examples: examples.map((one, index): Example => ({ index, ...one, texts: ['right', 'wrong'], images: images(1) })),
  };
}

function winoground(tags: readonly (readonly string[])[]): Data {
  return {
    task: 'winoground',
    examples: tags.map((own, index) => ({
      index,
      id: `${index}`,
      texts: ['a b', 'b a'],
      images: images(2),
      tags: own,
      cluster: `${index}`,
    })),
  };
}

function mmbias(
  imagesAGroup: number,
  groups = ['Religion/Buddhist', 'Religion/Muslim', 'Emblem/A', 'Emblem/B', 'Emblem/C'],
): Data {
  const ids = groups.flatMap((group) =>
    Array.from({ length: imagesAGroup }, (_, i) => ({ group, id: `${group}/${i}.png` })),
  );
  return {
    task: 'mmbias',
    pleasant: 2,
    examples: ids.map(({ id, group }, index) => ({
      index,
      id,
      group,
      texts: ['joy', 'love', 'fear', 'hate', 'grief'],
      images: images(1),
      cluster: id,
    })),
  };
}

const DATA: Record<TaskName, Data> = {
  clevr: clevr(5),
  winoground: winoground([['Relation', 'Noun'], ['Object'], ['Relation', 'Scope', 'Symbolic']]),
  mmbias: mmbias(4),
};
const EVERY = Object.values(DATA);

function scoresOf(
  { examples }: Data,
  score: (example: Example, text: number, image: number) => number,
): ExampleScores[] {
  return examples.map((example) => ({
    index: example.index,
    example: example.id,
    scores: example.texts.map((_, text) => example.images.map((_, image) => score(example, text, image))),
  }));
}

/** Whole scores of a few values, so that ties occur and shifts are exact. */
function randomScores(data: Data, seed: number): ExampleScores[] {
  const index = seededIndex(seed);
  return scoresOf(data, () => index(4));
}

function metric(data: Data, scores: readonly ExampleScores[], name: string) {
  const found = summarise(data, scores).metrics.find((one) => one.metric === name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
}

describe('a model that knows nothing', () => {
  it('lands exactly on chance on clevr, every example a tie', () => {
    const { ties, n, metrics } = summarise(
      DATA.clevr,
      scoresOf(DATA.clevr, () => 0.3),
    );
    expect([ties, n]).toEqual([70, 70]);
    for (const { value, chance } of metrics) expect(value).toBe(chance);
  });

  it('lands on 0 on winoground, whose comparisons are strict', () => {
    const { ties, metrics } = summarise(
      DATA.winoground,
      scoresOf(DATA.winoground, () => 0.3),
    );
    expect(ties).toBe(3);
    for (const { value } of metrics) expect(value).toBe(0);
  });

  it('has no effect size and no p on mmbias, rather than 0', () => {
    // A score that depends on the image alone is the same for all phrases.
    const { ties, metrics } = summarise(
      DATA.mmbias,
      scoresOf(DATA.mmbias, ({ index }) => 0.1 * index),
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

  it('names the same metrics in the same order however little is scored', () => {
    for (const data of EVERY) {
      const names = (scores: ExampleScores[]) => summarise(data, scores).metrics.map(({ metric }) => metric);
      const scores = randomScores(data, 1);
      expect(names([])).toEqual(names(scores));
      expect(names(scores.slice(0, 3))).toEqual(names(scores));
      for (const { value, n } of summarise(data, []).metrics) expect([value, n]).toEqual([null, 0]);
    }
  });

  it('refuses scores that are not finite, and names task and example', () => {
    for (const data of EVERY)
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const last = data.examples.at(-1)!;
        const scores = scoresOf(data, ({ index }, text) => (index === last.index && text === 1 ? bad : 0));
        expect(() => summarise(data, scores)).toThrow(ScoreError);
        expect(() => summarise(data, scores)).toThrow(
          `Task ${data.task}, example ${last.id}: the score of text 1 and image 0 is ${bad}`,
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
    expect(metric(data, all.slice(0, 6), 'recognition_shape').value).not.toBeNull();
    expect(metric(data, all, 'average').value).not.toBeNull();
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

  it('waits for two images of both groups', () => {
    const data = mmbias(3, ['Emblem/A', 'Emblem/B']);
    const scores = scoresOf(data, ({ index }, text) => (text === 0 ? index : 0));
    const some = (...places: number[]) => places.map((place) => scores[place]!);
    expect(metric(data, some(0, 1, 2, 3), 'A-B.effect_size')).toMatchObject({ value: null, low: null, n: 4 });
    expect(metric(data, some(0, 1, 3, 4), 'A-B.effect_size').value).not.toBeNull();
    expect(metric(data, some(0, 1, 2, 3), 'A-B.p_value').value).toBeNull();
  });
});
