import { TASK_NAMES } from '@gdbench/benchmark/task';
import type { BenchmarkData } from './data.ts';

/** Tasks of which the data hold another version now; of one that they do not hold nothing is said. */
export async function otherDataOf(
  tasks: readonly { readonly task: string; readonly dataVersion: string }[],
  data: BenchmarkData,
): Promise<string[]> {
  const others = await Promise.all(
    tasks.map(async ({ task, dataVersion }) => {
      const name = TASK_NAMES.find((one) => one === task);
      const now = name && (await data.facts(name)).dataVersion;
      return now == null || now === dataVersion ? [] : [task];
    }),
  );
  return others.flat();
}
