/** The least share of a block's batches that must be filled. */
const FULL = 0.95;
/** Batches of a block that is as good as full, however its last one looks. */
const MANY = 16;

/**
 * Items that are run together so that their rows fill batches: the fewest that fill theirs to 95%.
 *
 * @param rows of each item, those that share batches: of one sample where a batch has one timestep, else of all samples.
 * @returns where each block starts; the last one ends with the items. Depends on nothing but the arguments.
 */
export function fullBlocks(rows: readonly number[], batch: number): number[] {
  const starts: number[] = [];
  let sum = 0;
  let isNew = true;
  for (const [at, more] of rows.entries()) {
    if (isNew) starts.push(at);
    sum += more;
    const batches = Math.ceil(sum / batch);
    isNew = sum >= FULL * batches * batch || batches >= MANY;
    if (isNew) sum = 0;
  }
  return starts;
}

/** The block that holds an item. */
export function blockAt(starts: readonly number[], items: number, at: number): { from: number; to: number } {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle;
  }
  return { from: starts[low] ?? 0, to: starts[low + 1] ?? items };
}
