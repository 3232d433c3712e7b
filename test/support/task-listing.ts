import { expect } from 'vitest';
import { EDITIONS } from '../../packages/benchmark/editions/editions.ts';
import { DataError, listTasks, loadTask, type TaskListing } from '../../packages/benchmark/load/load.ts';
import type { TaskName } from '../../packages/benchmark/task.ts';
import { type Files, folderOf } from './folder.ts';
import { treeOf } from './official-tree.ts';

/** The tree of a task with paths changed by `path`, and further files. */
export function moved(task: TaskName, path: (path: string) => string | null, more: Files = {}): Files {
  const files = Object.entries(treeOf(task)).flatMap(([from, content]) => {
    const to = path(from);
    return to === null ? [] : [[to, content] as const];
  });
  return { ...Object.fromEntries(files), ...more };
}

/** What is said of a task whose files these are. */
export async function listed(tree: Files, task: TaskName): Promise<TaskListing> {
  const root = await folderOf(tree);
  const [listing] = await listTasks(root, { tasks: [task], editions: EDITIONS });
  expect(listing!.reason === null || /^[^\n]+\.$/.test(listing!.reason)).toBe(true);
  if (listing!.runnable) return listing!;
  // the same sentence wherever it is met
  const fault = await loadTask(root, task).catch((error) => error);
  expect(fault).toBeInstanceOf(DataError);
  expect(fault.message).toBe(listing!.reason);
  expect(fault.message).not.toContain(root);
  return listing!;
}

export const reason = async (tree: Files, task: TaskName) => (await listed(tree, task)).reason!;
