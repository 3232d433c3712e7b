import type { ExampleScores, TaskData } from '../task.ts';
import { accuracyMetrics } from './accuracy-metrics.ts';
import { byIndex, requireSame } from './paired.ts';

/** How many examples exactly these checkpoints have right. */
export interface OverlapCount {
  /** Places of the checkpoints in the list given, ascending; empty: none has them right. */
  readonly right: readonly number[];
  readonly count: number;
}

/**
 * For each subset of 2 or 3 checkpoints, the examples that those of the subset have right and the others have not (the
 * paper's figure 8): 4 or 8 counts, whose sum is the number of examples behind the metric. Right is full credit: an example
 * on which the right candidate only shares the maximum is not right. All must have been scored on the same examples.
 *
 * Throws RangeError for another number of checkpoints or a metric that is no accuracy of the task, PairingError when the
 * examples are not the same, and ScoreError as `summarise` does.
 */
export function overlap(
  data: Pick<TaskData, 'task' | 'examples'>,
  checkpoints: readonly (readonly ExampleScores[])[],
  metric: string,
): OverlapCount[] {
  if (checkpoints.length < 2 || checkpoints.length > 3)
    throw new RangeError(`An overlap is that of 2 or 3 checkpoints, not of ${checkpoints.length}.`);
  const found = accuracyMetrics(data).find((one) => one.metric === metric);
  if (!found) throw new RangeError(`Task ${data.task} has no accuracy called ${metric}.`);
  const scores = checkpoints.map((own) => byIndex(data, own));
  for (const other of scores.slice(1)) requireSame(data, scores[0]!, other);
  const counts = Array.from({ length: 2 ** checkpoints.length }, () => 0);
  for (const example of found.strata.flat()) {
    if (!scores[0]!.has(example.index)) continue;
    const isRight = scores.map((own) => found.credit(example, own.get(example.index)!) === 1);
    counts[isRight.reduce((subset, right, place) => subset + (right ? 2 ** place : 0), 0)]! += 1;
  }
  return counts.map((count, subset) => ({
    right: checkpoints.map((_, place) => place).filter((place) => (subset >> place) & 1),
    count,
  }));
}
