/** Seconds that a shard takes at most, about: little to do again when a worker is lost, little to pay for beginning it. */
export const MOST_SECONDS = 30;
/** Model rows of the first shard of an evaluation, of which no speed is known: under 2 s for a small model on two cores. */
export const FIRST_ROWS = 50;

/** A range of examples that may be cut. */
export interface Uncut {
  readonly from: number;
  readonly to: number;
  /** Expected model rows of all of it. */
  readonly cost: number;
}

/** What was measured of an evaluation's shards; null before the first is done. */
export interface Speed {
  /** Model rows a second of the shard that was done last. */
  readonly rowsPerSecond: number | null;
  /** For how many seconds the next one is cut. */
  readonly shardSeconds: number | null;
}

/**
 * How many of the range's examples, from its first on, make a shard of the right size: at least one, and all where the rest would be
 * less than half a shard. Rows are spread evenly over the examples of a task, which is near enough for a size.
 */
export function examplesOf({ from, to, cost }: Uncut, { rowsPerSecond, shardSeconds }: Speed): number {
  const examples = to - from;
  const rows = rowsPerSecond === null || shardSeconds === null ? FIRST_ROWS : rowsPerSecond * shardSeconds;
  const wanted = Math.max(1, Math.floor((rows * examples) / Math.max(1, cost)));
  return examples - wanted < wanted / 2 ? examples : wanted;
}

/** Expected model rows of the first so many examples of the range: never none, and never all where a rest stays. */
export function costOf({ from, to, cost }: Uncut, examples: number): number {
  if (examples === to - from) return cost;
  return Math.min(Math.max(1, Math.round((cost * examples) / (to - from))), Math.max(1, cost - 1));
}

/** For how many seconds the next shard is cut: twice those of this one, and no fewer than before. */
export function nextSeconds(before: number | null, seconds: number): number {
  return Math.min(MOST_SECONDS, Math.max(before ?? 0, 2 * seconds));
}
