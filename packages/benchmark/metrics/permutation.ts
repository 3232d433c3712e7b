import { SEED } from './intervals.ts';
import { seededIndex } from './random.ts';

/** Up to so many splits are all looked at; beyond, so many are drawn. */
const SPLITS = 10_000;
/** A split whose difference falls short of the observed one by no more than rounding is a hit. */
const TOLERANCE = 1e-12;

/**
 * Two-sided p of a permutation test on the difference of two groups' means (MMBias; each group at least one finite value).
 * A hit is a split of all values into groups of the same sizes whose |difference| >= |observed| - 1e-12. Up to 10,000
 * possible splits: every one once, the observed one among them, p = hits / splits. More: 10,000 seeded random splits,
 * p = (1 + hits) / 10,001. Null where all values are equal, for then no effect is defined.
 */
export function permutationP(x: readonly number[], y: readonly number[]): number | null {
  const all = [...x, ...y];
  if (x.length === 0 || y.length === 0 || all.every((value) => value === all[0])) return null;
  // Centred, so that the size of the values costs no digits of their differences.
  const centre = all.reduce((sum, value) => sum + value, 0) / all.length;
  const values = Float64Array.from(all, (value) => value - centre);
  const total = values.reduce((sum, value) => sum + value, 0);
  // A split is known by its smaller group, and so is |difference|.
  const small = Math.min(x.length, y.length);
  const own = x.length === small ? values.subarray(0, small) : values.subarray(x.length);
  const difference = (sum: number) => Math.abs(sum / small - (total - sum) / (values.length - small));
  const least = difference(own.reduce((sum, value) => sum + value, 0)) - TOLERANCE;
  const isHit = (sum: number) => difference(sum) >= least;
  const splits = choose(values.length, small);
  if (splits <= SPLITS) return countSubsets(values, small, isHit) / splits;
  return (1 + countDraws(values, small, isHit)) / (SPLITS + 1);
}

/** n over k, or Infinity as soon as it is known to be more than the limit of an exact test. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) {
    // whole at every step: i consecutive factors are divisible by i!
    ways = (ways * (n - k + i)) / i;
    if (ways > SPLITS) return Infinity;
  }
  return ways;
}

/** How many of all subsets of `size` values have a sum that is a hit. */
function countSubsets(values: Float64Array, size: number, isHit: (sum: number) => boolean): number {
  const count = (from: number, left: number, sum: number): number => {
    if (left === 0) return isHit(sum) ? 1 : 0;
    let hits = 0;
    for (let i = from; i <= values.length - left; i++) hits += count(i + 1, left - 1, sum + values[i]!);
    return hits;
  };
  return count(0, size, 0);
}

/** How many of 10,000 random subsets of `size` values have a sum that is a hit. */
function countDraws(values: Float64Array, size: number, isHit: (sum: number) => boolean): number {
  const index = seededIndex(SEED);
  const pool = values.slice();
  let hits = 0;
  for (let draw = 0; draw < SPLITS; draw++) {
    let sum = 0;
    // The start of a shuffle; going on from the last one's order is as random as starting anew.
    for (let i = 0; i < size; i++) {
      const j = i + index(pool.length - i);
      const taken = pool[j]!;
      pool[j] = pool[i]!;
      pool[i] = taken;
      sum += taken;
    }
    if (isHit(sum)) hits++;
  }
  return hits;
}
