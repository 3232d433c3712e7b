/** When one that is raced drops out, and which samples decide it. */
export interface RaceRule {
  /** Standard errors between the leader and one that drops out; Infinity: nobody does. */
  readonly errors: number;
  /** Samples before anybody may drop out, at least 2. */
  readonly first: number;
  /** Samples a round: as many as this share of those drawn, but at least `step`. */
  readonly growth: number;
  readonly step: number;
}

/** `npm run bench:engine` shows what it saves, and how often its winner is the full budget's. */
export const RACE_RULE: RaceRule = { errors: 3, first: 12, growth: 0.25, step: 4 };

/** Part of the golden section that its multiples leave modulo 1. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The order in which samples are drawn: the ranks of the golden ratio's multiples modulo 1. Every beginning of it is spread
 * over the timesteps evenly.
 */
export function sampleOrder(count: number): number[] {
  const places = Array.from({ length: count }, (_, i) => (i * GOLDEN) % 1);
  const order = new Array<number>(count);
  places
    .map((_, i) => i)
    .sort((a, b) => places[a]! - places[b]!)
    .forEach((i, rank) => {
      order[i] = rank;
    });
  return order;
}

/** How many samples are drawn after each round; after the last, all. */
export function* looks(count: number, { first, growth, step }: RaceRule): Generator<number, void, void> {
  for (let n = Math.max(2, first); n < count; n += Math.max(step, Math.floor(n * growth))) yield n;
  yield count;
}

/** What the samples drawn so far say of a difference's mean over the full budget. */
export interface Estimate {
  readonly mean: number;
  /** 0 when all samples are drawn. */
  readonly standardError: number;
}

/**
 * Sampling without replacement from a finite population: the standard error is `s * sqrt((1 - n / N) / n)` (Cochran, Sampling
 * Techniques, 1977, section 2.6), nothing once all N are drawn.
 *
 * @param value of sample k.
 * @param samples those drawn, at least two.
 * @param count N.
 */
export function estimate(value: (k: number) => number, samples: readonly number[], count: number): Estimate {
  const n = samples.length;
  const mean = meanOf(value, samples);
  if (n === count) return { mean, standardError: 0 };
  let squares = 0;
  for (const k of samples) squares += (value(k) - mean) ** 2;
  return { mean, standardError: Math.sqrt((squares / (n - 1) / n) * (1 - n / count)) };
}

export function meanOf(value: (k: number) => number, samples: readonly number[]): number {
  let sum = 0;
  for (const k of samples) sum += value(k);
  return sum / samples.length;
}

/** Whether the full budget would hardly give the mean another sign. */
export function isDecided({ mean, standardError }: Estimate, { errors }: RaceRule): boolean {
  return Math.abs(mean) > errors * standardError;
}
