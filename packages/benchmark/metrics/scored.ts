import type { Example, ExampleScores, TaskData } from '../task.ts';
import { requireFinite, ScoreError } from './score-error.ts';

/** An example with its checked scores, `scores[text][image]`. */
export interface Scored {
  readonly example: Example;
  readonly scores: readonly (readonly number[])[];
}

/**
 * Joins scores to their examples, in the examples' order whatever the order of the scores.
 * Throws ScoreError when scores belong to no example, come twice, have another shape than texts by images, or are not finite.
 */
export function joinScores(
  { task, examples }: Pick<TaskData, 'task' | 'examples'>,
  scores: readonly ExampleScores[],
): Scored[] {
  const byIndex = new Map(examples.map((example) => [example.index, example]));
  const given = new Map<number, ExampleScores>();
  for (const one of scores) {
    const example = byIndex.get(one.index);
    if (example?.id !== one.example)
      throw new ScoreError(task, one.example, `the data has no such example at position ${one.index}`);
    if (given.has(one.index)) throw new ScoreError(task, one.example, 'it was scored twice');
    const [rows, columns] = [example.texts.length, example.images.length];
    if (one.scores.length !== rows || one.scores.some((row) => row.length !== columns))
      throw new ScoreError(task, one.example, `its scores must be ${rows} texts by ${columns} images`);
    requireFinite(task, one);
    given.set(one.index, one);
  }
  return examples.flatMap((example) => {
    const one = given.get(example.index);
    return one ? [{ example, scores: one.scores }] : [];
  });
}
