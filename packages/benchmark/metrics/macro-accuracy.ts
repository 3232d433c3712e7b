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

/** Credits and examples a cluster, aligned with the list of clusters. */
interface Stratum {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Macro mean of the strata's mean credits (one stratum: its mean credit) with a 95% interval that takes clusters, not
 * examples, as the units drawn: a seeded percentile bootstrap of 1000 resamples over the clusters of all strata together,
 * so that an image which serves several strata counts once. A resample in which a stratum has no example gives no estimate.
 * Where the bootstrap collapses (all right, all wrong, all tied, one cluster) the interval is Wilson's with one observation
 * a cluster, the most cautious reading of dependence. A stratum without examples makes the value null.
 */
export function macroAccuracy(strata: readonly (readonly ClusteredCredit[])[]): Estimate {
  if (strata.length === 0 || strata.some((credits) => credits.length === 0))
    return { value: null, low: null, high: null };
  const places = new Map<string, number>();
  for (const { cluster } of strata.flat()) if (!places.has(cluster)) places.set(cluster, places.size);
  const tallied = strata.map((credits) => tally(credits, places));
  const everyOnce = new Float64Array(places.size).fill(1);
  const value = macroMean(tallied, everyOnce)!;
  const [low, high] = bootstrap(tallied, places.size, value) ?? wilson(value * places.size, places.size);
  return { value, low, high };
}

function tally(credits: readonly ClusteredCredit[], places: ReadonlyMap<string, number>): Stratum {
  const sums = new Float64Array(places.size);
  const counts = new Float64Array(places.size);
  for (const { cluster, credit } of credits) {
    const place = places.get(cluster)!;
    sums[place]! += credit;
    counts[place]! += 1;
  }
  return { sums, counts };
}

/** Macro mean when cluster i is taken `times[i]` times; null when a stratum is left empty. */
function macroMean(strata: readonly Stratum[], times: Float64Array): number | null {
  let total = 0;
  for (const { sums, counts } of strata) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < times.length; i++) {
      sum += times[i]! * sums[i]!;
      count += times[i]! * counts[i]!;
    }
    if (count === 0) return null;
    total += sum / count;
  }
  return total / strata.length;
}

function bootstrap(strata: readonly Stratum[], clusters: number, value: number): Interval | null {
  const index = seededIndex(SEED);
  const times = new Float64Array(clusters);
  const estimates = new Float64Array(RESAMPLES);
  let valid = 0;
  for (let resample = 0; resample < RESAMPLES; resample++) {
    times.fill(0);
    for (let draw = 0; draw < clusters; draw++) times[index(clusters)]! += 1;
    const estimate = macroMean(strata, times);
    if (estimate !== null) estimates[valid++] = estimate;
  }
  return percentileInterval(estimates.subarray(0, valid), value);
}
