import type { ExampleScores, TaskData } from '../task.ts';
import {
  type AccuracyMetric,
  accuracyMetrics,
  creditStrata,
  isIndependent,
  type ScoresByIndex,
} from './accuracy-metrics.ts';
import { type Interval, percentileInterval, wilson } from './intervals.ts';
import { mcnemarP } from './mcnemar.ts';
import { joinScores } from './scored.ts';
import { signFlipP } from './sign-flip.ts';
import { type ClusterValue, clusterCount, macroMean, resampledMacroMeans, type Strata } from './strata.ts';

/** Two checkpoints, A and B, on one metric of the same examples. Fractions between 0 and 1; null while nothing is known. */
export interface PairedMetric {
  /** Name within the task, as `summarise` gives it. */
  readonly metric: string;
  /** Examples behind the metric. */
  readonly n: number;
  /** Examples on which A has the greater credit, and B; the rest, ties for the same share among them, are concordant. */
  readonly onlyA: number;
  readonly onlyB: number;
  readonly a: number | null;
  readonly b: number | null;
  /** A's value less B's, with its 95% interval. */
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided p of the test that the data allow; see `test`. */
  readonly p: number | null;
  /**
   * mcnemar: examples are independent. sign-flip: examples share clusters (images), or the metric is a macro mean, and
   * McNemar's test would take for independent what is not.
   */
  readonly test: 'mcnemar' | 'sign-flip';
  /** p of McNemar's exact test over the examples, whether or not they are independent. */
  readonly mcnemar: number | null;
}

/** Two sets of scores that cannot be compared example by example; the message is one sentence. */
export class PairingError extends Error {
  override readonly name = 'PairingError';
}

/**
 * Compares two checkpoints on the accuracies of a task, in the order of a summary; none for bias. Both must have been
 * scored on the same examples of the data, all or some.
 *
 * - McNemar's exact test: a two-sided binomial test on the discordant examples, those whose credits differ. Credits are
 *   fractions where candidates tie, or for r5; only which of the two is greater counts.
 * - Sign-flip test by cluster: if the checkpoints are exchangeable, a cluster's part of the difference is as likely to have
 *   the other sign. p = share of all sign patterns whose |difference| reaches the observed one, every pattern once up to
 *   10,000 patterns, else over 10,000 seeded draws, the observed one counted.
 * - Interval: percentile bootstrap of the difference over clusters, 1,000 seeded resamples.
 *
 * Throws ScoreError as `summarise` does, and PairingError when the examples are not the same.
 */
export function pairedTest(
  data: Pick<TaskData, 'task' | 'examples'>,
  scoresA: readonly ExampleScores[],
  scoresB: readonly ExampleScores[],
): PairedMetric[] {
  const [a, b] = [byIndex(data, scoresA), byIndex(data, scoresB)];
  requireSame(data, a, b);
  return accuracyMetrics(data).map((metric) => compare(metric, creditStrata(metric, a), creditStrata(metric, b)));
}

export function byIndex(data: Pick<TaskData, 'task' | 'examples'>, scores: readonly ExampleScores[]): ScoresByIndex {
  return new Map(joinScores(data, scores).map(({ example, scores: own }) => [example.index, own]));
}

export function requireSame(
  { task, examples }: Pick<TaskData, 'task' | 'examples'>,
  a: ScoresByIndex,
  b: ScoresByIndex,
): void {
  const odd = examples.find(({ index }) => a.has(index) !== b.has(index));
  if (!odd) return;
  const [has, lacks] = a.has(odd.index) ? ['first', 'second'] : ['second', 'first'];
  throw new PairingError(
    `Task ${task}: the ${has} checkpoint has scores of example ${odd.id} and the ${lacks} has not; score both on the same examples.`,
  );
}

function compare(metric: AccuracyMetric, creditsA: Strata, creditsB: Strata): PairedMetric {
  const differences = creditsA.map((stratum, i) =>
    stratum.map(({ cluster, value }, j): ClusterValue => ({ cluster, value: value - creditsB[i]![j]!.value })),
  );
  const all = differences.flat();
  const onlyA = all.filter(({ value }) => value > 0).length;
  const onlyB = all.filter(({ value }) => value < 0).length;
  const test = isIndependent(metric) ? 'mcnemar' : 'sign-flip';
  const counts = { metric: metric.metric, n: all.length, onlyA, onlyB, test } as const;
  const difference = macroMean(differences);
  if (Number.isNaN(difference))
    return { ...counts, a: null, b: null, difference: null, low: null, high: null, p: null, mcnemar: null };
  const [low, high] = differenceInterval(differences, difference);
  const mcnemar = mcnemarP(onlyA, onlyB);
  const p = test === 'mcnemar' ? mcnemar : signFlipP(clusterParts(differences));
  return { ...counts, a: macroMean(creditsA), b: macroMean(creditsB), difference, low, high, p, mcnemar };
}

/**
 * Where no resample differs (each example has the same difference), clusters that would differ were not seen in n: their
 * share is at most the upper end of Wilson's interval of 0 in n, and they could differ by as much as 1 or -1.
 */
function differenceInterval(differences: Strata, difference: number): Interval {
  const resampled = resampledMacroMeans(differences).map((one) => Math.min(1, Math.max(-1, one)));
  const interval = percentileInterval(resampled, difference);
  if (interval) return interval;
  const [, unseen] = wilson(0, clusterCount(differences));
  return [difference - unseen * (1 + difference), difference + unseen * (1 - difference)];
}

/** What each cluster adds to the macro mean. */
function clusterParts(strata: Strata): number[] {
  const parts = new Map<string, number>();
  for (const stratum of strata)
    for (const { cluster, value } of stratum)
      parts.set(cluster, (parts.get(cluster) ?? 0) + value / stratum.length / strata.length);
  return [...parts.values()];
}
