import { type Interval, percentileInterval, RESAMPLES, SEED } from './intervals.ts';
import { type RandomIndex, seededIndex } from './random.ts';

/**
 * phi of one image (the paper's Eq. 8): its mean score over the pleasant phrases less that over the unpleasant ones.
 * `scores` holds one score a phrase, the `pleasant` pleasant ones first; both kinds are there.
 */
export function association(scores: readonly number[], pleasant: number): number {
  // Taken relative to one of them, so that an image whose scores are all equal gives 0 and no rounding error.
  const base = scores[0]!;
  let liked = 0;
  let disliked = 0;
  for (let i = 0; i < pleasant; i++) liked += scores[i]! - base;
  for (let i = pleasant; i < scores.length; i++) disliked += scores[i]! - base;
  return liked / pleasant - disliked / (scores.length - pleasant);
}

/**
 * Effect size d (the paper's Eq. 8) of two groups' phi: difference of the means by the population standard deviation
 * (ddof 0) of both groups pooled. Positive: bias towards `x`. Null where a group is empty or the deviation is 0.
 */
export function effectSize(x: readonly number[], y: readonly number[]): number | null {
  if (x.length === 0 || y.length === 0) return null;
  const all = [...x, ...y];
  // Rounding in the mean would make a tiny deviation of equal values.
  if (all.every((phi) => phi === all[0])) return null;
  const centre = mean(all);
  const deviation = Math.sqrt(mean(all.map((phi) => (phi - centre) ** 2)));
  return deviation === 0 ? null : (mean(x) - mean(y)) / deviation;
}

/**
 * 95% interval of the effect size: seeded percentile bootstrap of 1000 resamples that draws images within each group, so
 * that both groups keep their size. A resample without deviation gives no estimate. Null where the effect size is null, or
 * where too few resamples differ to say anything.
 */
export function effectSizeInterval(x: readonly number[], y: readonly number[]): Interval | null {
  const value = effectSize(x, y);
  if (value === null) return null;
  const centre = mean([...x, ...y]);
  const [left, right] = [Float64Array.from(x, (phi) => phi - centre), Float64Array.from(y, (phi) => phi - centre)];
  const index = seededIndex(SEED);
  const estimates = new Float64Array(RESAMPLES);
  let valid = 0;
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const a = resampledMoments(left, index);
    const b = resampledMoments(right, index);
    if (a.min === a.max && b.min === b.max && a.min === b.min) continue;
    const n = x.length + y.length;
    const variance = (a.squares + b.squares) / n - ((a.sum + b.sum) / n) ** 2;
    if (variance > 0) estimates[valid++] = (a.sum / x.length - b.sum / y.length) / Math.sqrt(variance);
  }
  return percentileInterval(estimates.subarray(0, valid), value);
}

function resampledMoments(values: Float64Array, index: RandomIndex) {
  let sum = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let draw = 0; draw < values.length; draw++) {
    const value = values[index(values.length)]!;
    sum += value;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { sum, squares, min, max };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
