import { type Interval, percentileInterval, RESAMPLES, SEED, wilson } from './intervals.ts';
import { seededIndex } from './random.ts';

/** One example's credit (0..1) and the cluster of examples that are not independent of it. */
export interface ClusteredCredit {
  readonly cluster: string;
  readonly credit: number;
}

/** A mean of 0..1 with its 95% interval; no examples: all null. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ClusteredAccuracy {
  /** Mean credit of each stratum, aligned with the strata given. */
  readonly each: readonly Estimate[];
  /** Mean of the strata's means; null while a stratum has no example. */
  readonly macro: Estimate;
}

/** Credits and examples a cluster, aligned with the list of clusters. */
interface Stratum {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  /** Clusters that have an example in this stratum. */
  readonly clusters: number;
}

const UNKNOWN: Estimate = { value: null, low: null, high: null };

/**
 * Mean credits of strata (subtasks) and their macro mean, with 95% intervals that take clusters (images), not examples, as
 * the units drawn: one seeded percentile bootstrap of 1000 resamples over the clusters of all strata together, so that an
 * image which serves several strata is drawn for all of them at once. A resample that leaves a stratum without example gives
 * no estimate of it, nor of the macro mean.
 * Where the bootstrap collapses (all right, all wrong, all tied, one cluster) the interval is Wilson's with one observation
 * a cluster, the most cautious reading of dependence.
 */
export function clusteredAccuracy(strata: readonly (readonly ClusteredCredit[])[]): ClusteredAccuracy {
  const places = new Map<string, number>();
  for (const credits of strata)
    for (const { cluster } of credits) if (!places.has(cluster)) places.set(cluster, places.size);
  const tallied = strata.map((credits) => tally(credits, places));
  const means = tallied.map(mean);
  const { each, macro } = bootstrap(tallied, places.size);
  return {
    each: tallied.map(({ clusters }, i) => estimate(means[i]!, each[i]!, clusters)),
    macro: estimate(macroMean(means), macro, places.size),
  };
}

function tally(credits: readonly ClusteredCredit[], places: ReadonlyMap<string, number>): Stratum {
  const sums = new Float64Array(places.size);
  const counts = new Float64Array(places.size);
  let clusters = 0;
  for (const { cluster, credit } of credits) {
    const place = places.get(cluster)!;
    if (counts[place] === 0) clusters += 1;
    sums[place]! += credit;
    counts[place]! += 1;
  }
  return { sums, counts, clusters };
}

/** Mean credit of a stratum, NaN without examples. */
function mean({ sums, counts }: Stratum): number {
  return sums.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
}

/** Mean credit when cluster i is taken `times[i]` times, NaN without examples. */
function resampledMean({ sums, counts }: Stratum, times: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    sum += times[i]! * sums[i]!;
    count += times[i]! * counts[i]!;
  }
  return sum / count;
}

/** NaN where one of the means is, or where there are none. */
function macroMean(means: readonly number[]): number {
  return means.reduce((a, b) => a + b, 0) / means.length;
}

/** Estimates of every resample, NaN where it gives none. */
function bootstrap(strata: readonly Stratum[], clusters: number) {
  const index = seededIndex(SEED);
  const times = new Float64Array(clusters);
  const each = strata.map(() => new Float64Array(RESAMPLES));
  const macro = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    times.fill(0);
    for (let draw = 0; draw < clusters; draw++) times[index(clusters)]! += 1;
    const means = strata.map((stratum) => resampledMean(stratum, times));
    for (const [i, value] of means.entries()) each[i]![resample] = value;
    macro[resample] = macroMean(means);
  }
  return { each, macro };
}

function estimate(value: number, resampled: Float64Array, clusters: number): Estimate {
  if (Number.isNaN(value)) return UNKNOWN;
  const valid = resampled.filter((one) => !Number.isNaN(one));
  const [low, high]: Interval = percentileInterval(valid, value) ?? wilson(value * clusters, clusters);
  return { value, low, high };
}
