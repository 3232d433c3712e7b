/**
 * Runs jobs, up to `ahead` of them at a time, and hands their results on in the order of the jobs. When one fails, or `each`
 * throws, no more are started, those that run are waited for, and then it throws.
 */
export async function inOrder<T>(
  jobs: Iterable<() => Promise<T>>,
  ahead: number,
  each: (result: T) => void,
): Promise<void> {
  const running: Promise<T>[] = [];
  const settleFirst = async () => each(await running.shift()!);
  try {
    for (const job of jobs) {
      const one = job();
      // It may fail long before its turn comes.
      one.catch(() => {});
      running.push(one);
      if (running.length >= ahead) await settleFirst();
    }
    while (running.length > 0) await settleFirst();
  } catch (error) {
    await Promise.allSettled(running);
    throw error;
  }
}
