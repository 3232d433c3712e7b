import type { Arrival } from '@gdbench/benchmark/arrival';
import { readAnnouncedVersions } from '@gdbench/benchmark/data-set';
import { foretellTask, loadTask } from '@gdbench/benchmark/load';
import { TASK_NAMES, type TaskData, type TaskName } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';

/** The data that this worker scores on, each task read once. */
export interface BoardData {
  readonly root: string;
  /**
   * The task's examples, and the version that its data have, or will have once its images are there: enough to plan with.
   * @throws an Error with a sentence where the data cannot serve.
   */
  plan(task: TaskName, limit: number | null): Promise<TaskData>;
  /**
   * Waits for the task's images where they are still being made.
   * @throws an Error with a sentence where the data cannot serve.
   */
  load(task: TaskName, limit: number | null): Promise<TaskData>;
}

/** Every task at two limits: the one of the evaluation under way and the one before. */
const KEPT = 2 * TASK_NAMES.length;

/** `arrival`: what has come of the root, where it is still being made. */
export function openBoardData(root: string, arrival?: Arrival): BoardData {
  const loaded = new LRUCache<string, Promise<TaskData>>({ max: KEPT });
  const load = (task: TaskName, limit: number | null): Promise<TaskData> => {
    const key = JSON.stringify([task, limit]);
    const present = loaded.get(key);
    if (present) return present;
    const options = limit === null ? {} : { limit };
    const data = arrival ? arrival.of(task).then(() => loadTask(root, task, options)) : loadTask(root, task, options);
    loaded.set(key, data);
    // a failed read is tried anew by the next evaluation
    data.catch(() => loaded.delete(key));
    return data;
  };
  return {
    root,
    load,
    async plan(task, limit) {
      await arrival?.examples;
      if (!arrival || arrival.has(task)) return load(task, limit);
      const version = (await readAnnouncedVersions(root))[task];
      // not waiting for what the root will never have
      const foretold = await foretellTask(root, task, version ?? '', limit === null ? {} : { limit });
      return version === undefined ? load(task, limit) : foretold;
    },
  };
}
