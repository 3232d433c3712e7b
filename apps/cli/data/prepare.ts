import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TaskListing } from '@gdbench/benchmark/load';
import type { Prepared } from '@gdbench/benchmark/prepare';
import type { TaskName } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';
import type { Progress } from '../terminal/progress.ts';

export interface PrepareCommand {
  into: string;
  /** Lists of names, unchecked. */
  task?: string[];
  only?: string;
  json?: boolean;
}

/** Makes a data root of what was downloaded, and verifies it. @throws CliFault where a task that is meant cannot run then. */
export async function prepare(from: readonly string[], options: PrepareCommand): Promise<void> {
  const [{ tasksOf }, { listedIn, report, text }] = await Promise.all([
    import('../evaluate/plan.ts'),
    import('./verify.ts'),
  ]);
  const { into, task, only = null, json = false } = options;
  const tasks = task ? tasksOf(task.join(','), '--task') : null;
  const root = path.resolve(into);
  await requireSources(from, root);
  if (only !== null) await requireFile(only);
  const prepared = await prepareQuietly(from, root, tasks, only, json);
  const listings = prepared.tasks.length > 0 ? await listedIn(root, prepared.tasks, json) : [];
  if (json) {
    const { record, faults, notes } = prepared;
    process.stdout.write(`${JSON.stringify({ ...report(root, listings), prepared: record, faults, notes })}\n`);
  } else {
    const lines = linesOf(prepared);
    process.stdout.write(`${lines.length > 0 ? `${lines.join('\n')}\n\n` : ''}${text(root, listings, true, true)}`);
  }
  const faults = faultsOf(prepared, listings);
  if (faults.length > 0) throw new CliFault(`${faults.join('; ')}.`);
}

/** Files whose work takes long enough to be shown. */
const LEAST_FOR_PROGRESS = 500;

/** With a bar for each thing that takes long. @throws CliFault where the disk fails */
async function prepareQuietly(
  from: readonly string[],
  root: string,
  tasks: readonly TaskName[] | null,
  only: string | null,
  json: boolean,
): Promise<Prepared> {
  const [{ prepareData }, { imageCheck }, { startProgress }] = await Promise.all([
    import('@gdbench/benchmark/prepare'),
    import('./image-check.ts'),
    import('../terminal/progress.ts'),
  ]);
  let progress: Progress | undefined;
  let title = '';
  const onProgress = (what: string, done: number, total: number) => {
    if (what !== title) {
      progress?.end();
      progress = startProgress(what, total, String, { silent: json || total < LEAST_FOR_PROGRESS });
      title = what;
    }
    progress?.set(done);
  };
  try {
    return await prepareData(from, root, { tasks, only, check: await imageCheck(), onProgress });
  } catch (error) {
    const { code, path: file = root } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CliFault(`${file} cannot be read or written (${code}): mend that, and run the same command again.`);
  } finally {
    progress?.end();
  }
}

/** @throws CliFault with exit code 2 */
async function requireSources(from: readonly string[], root: string): Promise<void> {
  const found = await stat(root).catch(() => null);
  if (found && !found.isDirectory())
    throw new CliFault(`${root} is a file: give --into a folder, which is made if it is not there.`, 2);
  const real = await realpath(root).catch(() => root);
  for (const place of from) {
    const source = await realpath(place).catch(() => null);
    if (source === null) throw new CliFault(`${place} is not there: give a folder or a file that was downloaded.`, 2);
    if (source === real || source.startsWith(`${real}${path.sep}`))
      throw new CliFault(
        `${place} is or lies in the data root ${root}, and what is given is not changed: give --into another folder.`,
        2,
      );
  }
}

/** @throws CliFault with exit code 2 */
async function requireFile(file: string): Promise<void> {
  if ((await stat(file).catch(() => null))?.isFile()) return;
  throw new CliFault(`${file} is no file: give --only the svo.json whose rows are wanted.`, 2);
}

/** What was made of what, a line each; what is to be known of it; then what was left out. */
function linesOf({ record, sets, notes, unread }: Prepared): string[] {
  const made = sets
    .map((set) => [set, record.sets[set]!] as const)
    .flatMap(([set, { metadata, images, leftOut }]) => [
      ...metadata.map(
        ({ file, from, made: how }) => `${set}: ${file} from ${from}${how === undefined ? '' : `, ${how}`}`,
      ),
      ...pictures(set, images),
      ...leftOut.map((one) => `${set}: ${leftOutLine(one)}`),
    ]);
  return [...made, ...notes, ...record.leftOut.map(leftOutLine), ...unread.map((one) => `Not looked into: ${one}`)];
}

type Record = Prepared['record'];
type LeftOut = Record['leftOut'][number];

/** Folders that are named of many. */
const NAMED_AT_MOST = 5;

function pictures(set: string, images: readonly { from: string; count: number }[]): string[] {
  if (images.length === 0) return [];
  const count = images.reduce((sum, one) => sum + one.count, 0);
  const named = images.slice(0, NAMED_AT_MOST).map(({ from }) => from);
  const more = images.length > named.length ? ` and ${images.length - named.length} more folders` : '';
  return [`${set}: ${count} images from ${named.join(', ')}${more}`];
}

function leftOutLine({ files, first, why }: LeftOut): string {
  if (files === 1) return `left out: ${first[0]} ${why}`;
  return `left out: ${files} files, of each: it ${why} (${first.slice(0, 2).join(', ')}${files > 2 ? ' ...' : ''})`;
}

/** Why the command fails; empty where each task that is meant can run. */
function faultsOf({ faults, unread, tasks }: Prepared, listings: readonly TaskListing[]): string[] {
  const stopped = listings.filter(({ runnable }) => !runnable);
  if (faults.length === 0 && stopped.length === 0 && tasks.length > 0) return [];
  const reasons = new Map(stopped.map(({ task, reason }) => [task, reason]));
  const told = stopped.length > 0 ? [`${[...reasons.keys()].join(', ')} cannot run`] : [];
  const alone =
    faults.length === 0 && stopped[0] ? [`${stopped[0].task}: ${(stopped[0].reason ?? '').replace(/\.$/, '')}`] : [];
  return [...faults, ...unread, ...alone, ...told];
}
