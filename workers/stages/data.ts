import { loadTask } from '@gdbench/benchmark/load';
import { TASK_NAMES, type TaskData, type TaskName } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';

/** The data that this worker scores on, each task read once. */
export interface BoardData {
  readonly root: string;
  /** Resolves when the root, which is still being made, is complete; undefined once it is. */
  awaited(): Promise<void> | undefined;
  /** @throws an Error with a sentence where the data cannot serve. */
  load(task: TaskName, limit: number | null): Promise<TaskData>;
}

/** Every task at two limits: the one of the evaluation under way and the one before. */
const KEPT = 2 * TASK_NAMES.length;

/** `arrival`: when the root will be complete; absent: it is there. */
export function openBoardData(root: string, arrival?: Promise<void>): BoardData {
  let awaited = arrival;
  arrival?.then(() => {
    awaited = undefined;
  });
  const loaded = new LRUCache<string, Promise<TaskData>>({ max: KEPT });
  return {
    root,
    awaited: () => awaited,
    load(task, limit) {
      const key = JSON.stringify([task, limit]);
      const present = loaded.get(key);
      if (present) return present;
      const data = loadTask(root, task, limit === null ? {} : { limit });
      loaded.set(key, data);
      // a failed read is tried anew by the next evaluation
      data.catch(() => loaded.delete(key));
      return data;
    },
  };
}
