/** Both ends of a 95% interval. */
export type Interval = readonly [low: number, high: number];

/** Two-sided 95% point of the normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's 95% interval of a proportion (Wilson, 1927), without continuity correction: within 0..1, holds
 * `successes / n`, and has a width where all or none are right. `successes` (0..n) need not be whole; n is at least 1.
 */
export function wilson(successes: number, n: number): Interval {
  const p = successes / n;
  const scale = 1 + Z ** 2 / n;
  const centre = (p + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return [Math.min(p, Math.max(0, centre - half)), Math.max(p, Math.min(1, centre + half))];
}

/** Resamples of every bootstrap. */
export const RESAMPLES = 1000;
/** Seed of every bootstrap and every random permutation. */
export const SEED = 0;

/**
 * The central 95% of bootstrap estimates, widened where needed so that it holds the value itself; null where it says
 * nothing: fewer than half of the resamples gave an estimate, or all gave the same.
 */
export function percentileInterval(estimates: Float64Array, value: number): Interval | null {
  if (estimates.length < RESAMPLES / 2) return null;
  const sorted = estimates.slice().sort();
  const low = Math.min(quantile(sorted, 0.025), value);
  const high = Math.max(quantile(sorted, 0.975), value);
  return high - low > 1e-12 ? [low, high] : null;
}

/** Quantile of ascending numbers, linear between neighbours. */
function quantile(sorted: Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
}
