import { stat } from 'node:fs/promises';
import path from 'node:path';
import { withRoot } from '@gdbench/benchmark/data-error';
import type { Edition } from '@gdbench/benchmark/edition';
import type { ImageCheck, TaskListing } from '@gdbench/benchmark/load';
import type { LoadedTask, Skipped, TaskName } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';
import { knownEditions, noRankSentence } from './editions.ts';

export interface DataOptions {
  /** The data root; default: GDBENCH_DATA, else the built-in set. */
  readonly root: string | undefined;
  /** null: every task that the root can serve. */
  readonly tasks: readonly TaskName[] | null;
  readonly limit: number | undefined;
  /** Leave out the examples whose images are missing or unreadable, and say so. */
  readonly skipMissing: boolean;
  readonly json: boolean;
}

/**
 * The tasks to run with their data, every image of which was decoded once.
 *
 * @throws CliFault where the root cannot serve a task that was asked for, or only a part of one.
 */
export async function loadData(options: DataOptions): Promise<LoadedTask[]> {
  const [{ listTasks }, { imageCheck }, { startProgress }] = await Promise.all([
    import('@gdbench/benchmark/load'),
    import('./image-check.ts'),
    import('../terminal/progress.ts'),
  ]);
  const { limit, skipMissing, json } = options;
  const root = await rootOf(options.root, json, options.tasks);
  const listed = await listTasks(root, options.tasks ? { tasks: options.tasks } : {});
  const tasks = options.tasks ?? served(root, listed, json);
  const images = listed.reduce((sum, one) => sum + (tasks.includes(one.task) ? one.images.named : 0), 0);
  // how many a limit leaves is known only later
  const isBrief = json || limit !== undefined || images < LEAST_FOR_PROGRESS;
  const progress = startProgress('Checking images', images, String, { silent: isBrief });
  const check = await imageCheck((done) => progress.set(done));
  const editions = await knownEditions();
  const data: LoadedTask[] = [];
  try {
    for (const task of tasks) data.push(await loadTaskFrom(root, task, { limit, skipMissing, check, editions }));
  } finally {
    progress.end();
  }
  for (const { task, skipped } of data) if (skipped) process.stderr.write(`${skippedSentence(task, skipped)}\n`);
  // the results of --json hold these too
  if (!json) for (const sentence of await sentencesOf(data)) process.stdout.write(`${sentence}\n`);
  return data;
}

/** What a reader should know of the data before any figure: what lies unread, what cannot rank. */
async function sentencesOf(data: readonly LoadedTask[]): Promise<string[]> {
  const notes = data.flatMap(({ task, notes = [] }) => notes.map((note) => `${task}: ${note}`));
  const unranked = await noRankSentence(data);
  return [...notes, ...(unranked ? [unranked] : [])];
}

/** Images whose check takes long enough to be shown. */
const LEAST_FOR_PROGRESS = 500;

/**
 * The tasks that the root has images of; one that lacks some of them counts, so that it is not left out unseen.
 *
 * @throws CliFault where there is none.
 */
function served(root: string, listed: readonly TaskListing[], json: boolean): TaskName[] {
  const isServed = ({ images, runnable }: TaskListing) => runnable || images.missing < images.named;
  const lacking = listed.filter((one) => !isServed(one));
  const tasks = listed.filter(isServed).map(({ task }) => task);
  if (tasks.length === 0)
    throw new CliFault(`The data root ${root} can serve no task: ${withRoot(reasonsOf(lacking), root)}`);
  const left = lacking.map(({ task }) => task);
  if (!json && left.length > 0)
    process.stderr.write(
      `Left out, as the data root cannot serve them: ${left.join(', ')}; npx gdbench data verify says why.\n`,
    );
  return tasks;
}

/** Tasks with the same reason share it. */
function reasonsOf(listed: readonly TaskListing[]): string {
  const tasks = new Map<string, TaskName[]>();
  for (const { task, reason } of listed) if (reason) tasks.set(reason, [...(tasks.get(reason) ?? []), task]);
  return [...tasks].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join(' ');
}

function skippedSentence(task: TaskName, { examples, missing, unreadable }: Skipped): string {
  const kinds = Object.entries({ missing, unreadable }).filter(([, paths]) => paths.length > 0);
  const counts = kinds.map(([kind, paths]) => `${paths.length} ${kind}`).join(' and ');
  const paths = [...missing, ...unreadable];
  const named = paths.slice(0, NAMED_AT_MOST).join(', ');
  const more = paths.length > NAMED_AT_MOST ? `, and ${paths.length - NAMED_AT_MOST} more` : '';
  return `Skipped ${examples} examples of ${task} for ${counts} images (${named}${more}): its results cannot rank.`;
}

const NAMED_AT_MOST = 10;

interface TaskOptions {
  readonly limit?: number | undefined;
  readonly skipMissing?: boolean;
  readonly check?: ImageCheck;
  readonly editions?: readonly Edition[];
}

/** @throws CliFault where the root cannot serve the task. */
export async function loadTaskFrom(root: string, task: TaskName, options: TaskOptions = {}): Promise<LoadedTask> {
  const { DataError, loadTask } = await import('@gdbench/benchmark/load');
  const { limit, ...rest } = options;
  try {
    return await loadTask(root, task, { ...rest, ...(limit === undefined ? {} : { limit }) });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const why = withRoot(error.withSkipping('--skip-missing'), root);
    throw new CliFault(`The data root ${root} cannot serve ${task}: ${why}`);
  }
}

/** The data root that is meant, for these tasks (null: for all). @throws CliFault where it is no folder. */
export async function rootOf(
  given: string | undefined,
  silent: boolean,
  tasks: readonly TaskName[] | null,
): Promise<string> {
  const root = await chosenRoot(given, silent, tasks);
  if ((await stat(root).catch(() => undefined))?.isDirectory()) return path.resolve(root);
  throw new CliFault(`The data root ${root} is not a folder: give --data a folder in GDBench's official layout.`);
}

/** What was given, else GDBENCH_DATA, else the built-in set; nobody has looked whether it is there. */
export async function chosenRoot(
  given: string | undefined,
  silent: boolean,
  tasks: readonly TaskName[] | null,
): Promise<string> {
  if (given !== undefined) return given;
  const { readSettings } = await import('@gdbench/settings/settings');
  return readSettings(['GDBENCH_DATA']).GDBENCH_DATA ?? (await builtinData(silent, tasks));
}

/** The built-in set, of which what the tasks need is drawn where it is not there yet; null: all of it. */
async function builtinData(silent: boolean, tasks: readonly TaskName[] | null): Promise<string> {
  const [{ builtinDataRoot }, { home }, { startProgress }] = await Promise.all([
    import('@gdbench/builtin/data/root'),
    import('@gdbench/settings/home'),
    import('../terminal/progress.ts'),
  ]);
  const root = builtinDataRoot(home());
  let progress: ReturnType<typeof startProgress> | undefined;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    progress ??= startProgress('Drawing images', total, String, { silent });
    progress.set(done);
  };
  if (tasks) await import('@gdbench/builtin/data/part').then(({ buildPart }) => buildPart(root, tasks, onProgress));
  else await import('@gdbench/builtin/data').then(({ buildData }) => buildData(root, { onProgress }));
  progress?.end();
  return root;
}
