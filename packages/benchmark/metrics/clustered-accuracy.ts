import { type Interval, percentileInterval, wilson } from './intervals.ts';
import { clusterCount, macroMean, mean, resampledMacroMeans, type Strata } from './strata.ts';

/** A mean of 0..1 with its 95% interval; no examples: all null. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export const UNKNOWN: Estimate = { value: null, low: null, high: null };

/**
 * The mean of the strata's mean credits (one stratum: their mean) with a 95% interval that takes clusters (images), not
 * examples, as the units drawn: a percentile bootstrap of the resamples of `resampledMacroMeans`. Unknown while a stratum
 * has no example.
 * Where the bootstrap collapses (all right, all wrong, all tied, one cluster) the interval is Wilson's with one observation
 * a cluster, the most cautious reading of dependence.
 */
export function clusteredAccuracy(strata: Strata): Estimate {
  const value = macroMean(strata);
  if (Number.isNaN(value)) return UNKNOWN;
  const clusters = clusterCount(strata);
  const resampled = resampledMacroMeans(strata).map((one) => Math.min(1, Math.max(0, one)));
  const [low, high]: Interval = percentileInterval(resampled, value) ?? wilson(value * clusters, clusters);
  return { value, low, high };
}

/** The mean credit of examples of which no two share a cluster, with Wilson's 95% interval; no examples: unknown. */
export function independentAccuracy(credits: readonly number[]): Estimate {
  if (credits.length === 0) return UNKNOWN;
  const value = mean(credits);
  const [low, high] = wilson(value * credits.length, credits.length);
  return { value, low, high };
}
