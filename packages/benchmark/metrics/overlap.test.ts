import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { DATA, type Data, EVERY, randomScores } from '../../../test/support/metric-data.ts';
import type { ExampleScores } from '../task.ts';
import { TASKS } from '../tasks/tasks.ts';
import { overlap } from './overlap.ts';
import { PairingError } from './paired.ts';
import { summarise } from './summarise.ts';

const accuracies = EVERY.filter(({ task }) => TASKS[task].kind === 'accuracy');

/** The metric over one example alone; null where the example is not behind it. */
const creditOf = (data: Data, scores: ExampleScores, metric: string) =>
  summarise(data, [scores]).metrics.find((one) => one.metric === metric)!.value;

describe('overlap', () => {
  it.each([2, 3])('of %i checkpoints counts every example once, with those that have it right', (count) => {
    for (const data of each(accuracies)) {
      const checkpoints = Array.from({ length: count }, (_, i) => randomScores(data, 20 + i));
      const { metric } = summarise(data, []).metrics[0]!;
      const counts = overlap(data, checkpoints, metric);
      const credits = checkpoints.map((own) => own.map((one) => creditOf(data, one, metric)));
      const behind = data.examples.filter(({ index }) => credits[0]![index] !== null);
      expect(counts).toHaveLength(2 ** count);
      expect(new Set(counts.map(({ right }) => right.join())).size).toBe(2 ** count);
      for (const { right, count: found } of each(counts)) {
        const expected = behind.filter(({ index }) =>
          checkpoints.every((_, place) => (credits[place]![index] === 1) === right.includes(place)),
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
