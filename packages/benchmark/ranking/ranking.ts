/** One row of a board in one column; null where it has not been measured or is unfinished. */
export interface Ranked {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** False while examples are missing: such a row has no rank and moves nobody else's. */
  readonly complete: boolean;
}

/** Places 1..n that the intervals leave open, both ends included: {first: 2, last: 4} is shown as "2–4". */
export interface RankRange {
  readonly first: number;
  readonly last: number;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The rank of each row as a range, aligned with `rows`; null for a row without one. A row is clearly better than another
 * when its interval's low end is above the other's high end; the range is
 * [1 + rows clearly better, all ranked rows - rows clearly worse].
 */
export function rankRanges(rows: readonly Ranked[]): (RankRange | null)[] {
  const intervals = rows.map((row) => (row.complete ? intervalOf(row.value, row.low, row.high) : null));
  const ranked = intervals.filter((interval) => interval !== null);
  const lows = Float64Array.from(ranked, ({ low }) => low).sort();
  const highs = Float64Array.from(ranked, ({ high }) => high).sort();
  return intervals.map((interval) => {
    if (!interval) return null;
    const better = lows.length - countUpTo(lows, interval.high);
    const worse = countBelow(highs, interval.low);
    return { first: 1 + better, last: ranked.length - worse };
  });
}

/**
 * Which rows of a column cannot be told apart from its best: no row is clearly better than they are. The lists are aligned;
 * null, or a value without an interval, is allowed (a value without an interval counts as exact). Higher is better.
 */
export function indistinguishableFromBest(
  values: readonly (number | null)[],
  lows: readonly (number | null)[],
  highs: readonly (number | null)[],
): boolean[] {
  const intervals = values.map((value, i) => intervalOf(value, lows[i] ?? null, highs[i] ?? null));
  const bestLow = intervals.reduce((best, interval) => (interval ? Math.max(best, interval.low) : best), -Infinity);
  return intervals.map((interval) => interval !== null && interval.high >= bestLow);
}

function intervalOf(value: number | null, low: number | null, high: number | null): Interval | null {
  if (value === null || !Number.isFinite(value)) return null;
  return { low: low ?? value, high: high ?? value };
}

/** How many of the ascending numbers are at most the limit. */
function countUpTo(ascending: Float64Array, limit: number): number {
  return partition(ascending, (number) => number <= limit);
}

/** How many of the ascending numbers are below the limit. */
function countBelow(ascending: Float64Array, limit: number): number {
  return partition(ascending, (number) => number < limit);
}

/** Length of the leading run for which the predicate holds, by bisection. */
function partition(ascending: Float64Array, holds: (number: number) => boolean): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(ascending[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}
