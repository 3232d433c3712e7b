import type { Arrival } from '@gdbench/benchmark/arrival';
import { describeTask } from '@gdbench/benchmark/describe';
import type { Edition } from '@gdbench/benchmark/edition';
import { loadTask } from '@gdbench/benchmark/load';
import { type LoadedTask, TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';

/** The data that this worker scores on, each task read once. */
export interface BoardData {
  readonly root: string;
  /**
   * The task's examples, and the version that its data have, or will have once its images are there: enough to plan with.
   * @throws an Error with a sentence where the data cannot serve.
   */
  plan(task: TaskName, limit: number | null): Promise<LoadedTask>;
  /**
   * Waits for the task's images where they are still being made.
   * @throws an Error with a sentence where the data cannot serve.
   */
  load(task: TaskName, limit: number | null): Promise<LoadedTask>;
}

/** Every task at two limits: the one of the evaluation under way and the one before. */
const KEPT = 2 * TASK_NAMES.length;

/** `arrival`: what has come of the root, where it is still being made. `editions`: those of which the data may be. */
export function openBoardData(root: string, arrival?: Arrival, editions?: readonly Edition[]): BoardData {
  const loaded = new LRUCache<string, Promise<LoadedTask>>({ max: KEPT });
  const load = (task: TaskName, limit: number | null): Promise<LoadedTask> => {
    const key = JSON.stringify([task, limit]);
    const present = loaded.get(key);
    if (present) return present;
    const read = () => loadTask(root, task, optionsOf(limit, editions));
    const data = arrival ? arrival.of(task).then(read) : read();
    loaded.set(key, data);
    // a failed read is tried anew by the next evaluation
    data.catch(() => loaded.delete(key));
    return data;
  };
  const isThere = (task: TaskName) => arrival === undefined || arrival.has(task);
  return {
    root,
    load,
    // what is there is kept for scoring
    plan: (task, limit) =>
      isThere(task) ? load(task, limit) : describeTask(root, task, optionsOf(limit, editions), arrival),
  };
}

const optionsOf = (limit: number | null, editions: readonly Edition[] | undefined) => ({
  ...(limit === null ? {} : { limit }),
  ...(editions ? { editions } : {}),
});
