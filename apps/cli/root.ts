import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { TaskData, TaskName } from '@gdbench/benchmark/task';
import { CliFault } from './fault.ts';

export interface DataOptions {
  /** The data root; default: GDBENCH_DATA, else the built-in set. */
  readonly root: string | undefined;
  /** null: every task that the root can serve. */
  readonly tasks: readonly TaskName[] | null;
  readonly limit: number | undefined;
  readonly json: boolean;
}

/** The tasks to run with their data. @throws CliFault where the root cannot serve. */
export async function loadData({ root: given, tasks: asked, limit, json }: DataOptions): Promise<TaskData[]> {
  const { listTasks } = await import('@gdbench/benchmark/load');
  const root = await rootOf(given, json);
  let tasks = asked;
  if (!tasks) {
    const listed = await listTasks(root);
    tasks = listed.filter(({ runnable }) => runnable).map(({ task }) => task);
    const reasons = listed.filter(({ runnable }) => !runnable).map(({ task, reason }) => `${task}: ${reason}`);
    if (tasks.length === 0) throw new CliFault(`The data root ${root} can serve no task: ${reasons.join(' ')}`);
    if (!json) for (const reason of reasons) process.stderr.write(`Left out ${reason}\n`);
  }
  const data: TaskData[] = [];
  for (const task of tasks) data.push(await loadTaskFrom(root, task, limit));
  return data;
}

/** @throws CliFault where the root cannot serve the task. */
export async function loadTaskFrom(root: string, task: TaskName, limit?: number): Promise<TaskData> {
  const { DataError, loadTask } = await import('@gdbench/benchmark/load');
  try {
    return await loadTask(root, task, limit === undefined ? {} : { limit });
  } catch (error) {
    if (error instanceof DataError) throw new CliFault(`The data root ${root} cannot serve ${task}: ${error.message}`);
    throw error;
  }
}

/** The data root that is meant. @throws CliFault where it is no folder. */
export async function rootOf(given: string | undefined, silent: boolean): Promise<string> {
  const root = given ?? (process.env.GDBENCH_DATA || (await builtinData(silent)));
  if ((await stat(root).catch(() => undefined))?.isDirectory()) return path.resolve(root);
  throw new CliFault(`The data root ${root} is not a folder: give --data a folder in GDBench's official layout.`);
}

/** The built-in set, drawn when it is not there yet. */
async function builtinData(silent: boolean): Promise<string> {
  const [{ buildData, builtinDataRoot }, { home }, { startProgress }] = await Promise.all([
    import('@gdbench/builtin/data'),
    import('../../setup/home.ts'),
    import('./progress.ts'),
  ]);
  const root = builtinDataRoot(home());
  let progress: { title: string; bar: ReturnType<typeof startProgress> } | undefined;
  await buildData(root, {
    onProgress({ stage, done, total }) {
      if (progress?.title !== stage) {
        progress?.bar.end();
        progress = { title: stage, bar: startProgress(`Drawing ${stage} images`, total, String, { silent }) };
      }
      progress.bar.set(done);
    },
  });
  progress?.bar.end();
  return root;
}
