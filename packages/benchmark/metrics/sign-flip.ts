import { SEED } from './intervals.ts';
import { seededIndex } from './random.ts';

/** Up to so many sign patterns are all looked at; beyond, so many are drawn. */
const PATTERNS = 10_000;
/** A pattern whose sum falls short of the observed one by no more than rounding is a hit. */
const TOLERANCE = 1e-12;

/**
 * Two-sided p of a sign-flip test on the sum of independent parts, each as likely to have the other sign if there is no
 * difference. A hit is a pattern of signs whose |sum| >= |observed| - 1e-12. Parts of 0 have no sign. Up to 10,000
 * patterns: every one once, the observed one among them, p = hits / patterns. More: 10,000 seeded random patterns,
 * p = (1 + hits) / 10,001. 1 where all parts are 0.
 */
export function signFlipP(parts: readonly number[]): number {
  const values = Float64Array.from(parts.filter((part) => part !== 0));
  const least = Math.abs(values.reduce((sum, value) => sum + value, 0)) - TOLERANCE;
  const isHit = (sum: number) => Math.abs(sum) >= least;
  const patterns = 2 ** values.length;
  if (patterns <= PATTERNS) return countPatterns(values, isHit) / patterns;
  return (1 + countDraws(values, isHit)) / (PATTERNS + 1);
}

function countPatterns(values: Float64Array, isHit: (sum: number) => boolean): number {
  const count = (from: number, sum: number): number => {
    if (from === values.length) return isHit(sum) ? 1 : 0;
    return count(from + 1, sum + values[from]!) + count(from + 1, sum - values[from]!);
  };
  return count(0, 0);
}

function countDraws(values: Float64Array, isHit: (sum: number) => boolean): number {
  const index = seededIndex(SEED);
  let hits = 0;
  for (let draw = 0; draw < PATTERNS; draw++) {
    let sum = 0;
    for (let from = 0; from < values.length; from += 32) {
      // 32 signs at once
      let bits = index(2 ** 32);
      const to = Math.min(from + 32, values.length);
      for (let i = from; i < to; i++) {
        sum += bits & 1 ? values[i]! : -values[i]!;
        bits >>>= 1;
      }
    }
    if (isHit(sum)) hits++;
  }
  return hits;
}
