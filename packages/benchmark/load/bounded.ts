/** The results of `work` on each item, in their order; at most `atOnce` run at a time. The first failure ends it. */
export async function inBatches<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const run = async () => {
    while (next < items.length && !failed) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  const runs = Array.from({ length: Math.min(atOnce, items.length) }, () =>
    run().catch((error) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(runs);
  return results;
}
