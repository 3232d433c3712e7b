import type { LoadedTask, TaskName } from '../task.ts';
import type { Arrival } from './arrival.ts';
import { readAnnouncedVersions } from './data-set.ts';
import { foretellTask, type LoadOptions, loadTask } from './load.ts';

type Options = Pick<LoadOptions, 'limit' | 'editions'>;

/**
 * The task's examples, and the version that its data have, or will have once its images are there: enough to describe the task
 * and to plan its scoring. Where images are still being made (`arrival`) and the root's manifest announces no version, it waits
 * for them. Throws as `loadTask` does.
 */
export async function describeTask(
  root: string,
  task: TaskName,
  options: Options,
  arrival: Arrival | undefined,
): Promise<LoadedTask> {
  await arrival?.examples;
  if (!arrival || arrival.has(task)) return loadTask(root, task, options);
  const version = (await readAnnouncedVersions(root))[task];
  // not waiting for what the root will never have
  const foretold = await foretellTask(root, task, version ?? '', options);
  if (version !== undefined) return foretold;
  await arrival.of(task);
  return loadTask(root, task, options);
}
