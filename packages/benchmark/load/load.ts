import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Example, type Skipped, TASK_NAMES, type TaskData, type TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import type { OfficialExample, OfficialTask } from './files.ts';
import {
  countOf,
  type FaultyImage,
  faultyOf,
  type ImageCheck,
  imagesFault,
  judged,
  lookAt,
  type NamedImage,
  pathsOf,
  verdictsOn,
} from './images.ts';
import { READERS } from './readers.ts';
import { dataVersion } from './version.ts';

export type { FaultyImage, ImageCheck };
export { DataError };

export interface LoadOptions {
  /**
   * Only the first so many examples of the official order, at least 1: of each subtask (clevr), of each group (mmbias,
   * genderbias), or of all (the other tasks). It is taken before examples are skipped, so that it names the same examples
   * whatever is missing.
   */
  readonly limit?: number;
  /** Leave out the examples that need an image at fault, instead of failing. */
  readonly skipMissing?: boolean;
  /**
   * Called once for each image that is there and that the examples within the limit name, a few at a time. Without it an
   * image is taken for good when it is a file with content.
   */
  readonly check?: ImageCheck;
}

/**
 * A task's examples from the official files below `root`, in the official order; `examples[i].index` is i. The data version
 * is that of the whole data whatever the limit. Every image of the whole data must be there; with `skipMissing` examples are
 * left out instead, `skipped` says what, and the version is another. Throws DataError, a sentence that names file and fault
 * (of images: how many, and the first), when the root cannot serve the task; RangeError for a limit that is not a whole
 * number from 1.
 */
export async function loadTask(root: string, task: TaskName, options: LoadOptions = {}): Promise<TaskData> {
  const { limit = Infinity, skipMissing = false, check } = options;
  requireLimit(limit);
  const base = resolve(root);
  const official = await readTask(base, task);
  const chosen = limited(task, official.examples, limit);

  const images = await checked(base, await lookAt(base, pathsOf(official.examples)), pathsOf(chosen), check);
  const [first, ...rest] = faultyOf(images);
  if (first && !skipMissing) throw imagesFault(task, folderOf(task), images.length, [first, ...rest]);
  const { examples, skipped } = withoutFaulty(chosen, first ? [first, ...rest] : []);
  if (examples.length === 0)
    throw new DataError(task, folderOf(task), 'has no example left when those with images at fault are skipped');
  const version = await versionOf(base, task, official, images);
  return { ...asTaskData(base, task, official, examples, version), ...(skipped ? { skipped } : {}) };
}

function requireLimit(limit: number): void {
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1))
    throw new RangeError(`The limit must be a whole number from 1, not ${limit}.`);
}

function asTaskData(
  root: string,
  task: TaskName,
  { pleasant }: OfficialTask,
  examples: readonly OfficialExample[],
  dataVersion: string,
): TaskData {
  return {
    task,
    root,
    dataVersion,
    examples: examples.map((example, index) => asExample(root, example, index)),
    ...(pleasant === undefined ? {} : { pleasant }),
  };
}

/**
 * As `loadTask` gives it once the task's images are there, from its texts alone: no image is looked at, and the data version
 * is taken as stated. Throws as `loadTask` does.
 */
export async function foretellTask(
  root: string,
  task: TaskName,
  dataVersion: string,
  { limit = Infinity }: Pick<LoadOptions, 'limit'> = {},
): Promise<TaskData> {
  requireLimit(limit);
  const base = resolve(root);
  const official = await readTask(base, task);
  return asTaskData(base, task, official, limited(task, official.examples, limit), dataVersion);
}

/** What a data root holds of a task. */
export interface TaskListing {
  readonly task: TaskName;
  readonly runnable: boolean;
  /** One sentence when the task is not runnable, else null. */
  readonly reason: string | null;
  /** Examples that the metadata name; 0 where they could not be read. */
  readonly examples: number;
  /** Examples a subtask (clevr), a relation or pair of attributes (vg), or a group (bias); else empty. */
  readonly subtasks: Readonly<Record<string, number>>;
  /** Unreadable: empty, no regular file, closed to this process, or by the decoder's verdict. */
  readonly images: { readonly named: number; readonly missing: number; readonly unreadable: number };
  /** The images that are missing or unreadable, in the order in which the examples name them. */
  readonly faulty: readonly FaultyImage[];
}

export interface ListOptions {
  /** The images are still being made: those that examples name are taken as there, and none is looked at. */
  readonly imagesToCome?: boolean;
  /** Called once for each image of the root that a task names and that is there; without it no image is read. */
  readonly check?: ImageCheck;
  /** Called after each image that was checked. */
  readonly onChecked?: (done: number, total: number) => void;
}

/** Every task with whether it can be run from `root`, and why not. */
export async function listTasks(root: string, options: ListOptions = {}): Promise<TaskListing[]> {
  const { imagesToCome = false, check, onChecked } = options;
  const base = resolve(root);
  const read: (Readable | DataError)[] = [];
  for (const task of TASK_NAMES) read.push(await readable(base, task, imagesToCome));
  // tasks share images
  const named = new Map(
    read.flatMap((one) => (one instanceof DataError ? [] : one.images.map((image) => [image.path, image] as const))),
  );
  const verdicts = check ? await verdictsOn(base, [...named.values()], check, onChecked) : new Map<string, string>();
  return TASK_NAMES.map((task, i) => listing(task, read[i]!, verdicts));
}

interface Readable {
  readonly official: OfficialTask;
  readonly images: readonly NamedImage[];
}

async function readable(root: string, task: TaskName, imagesToCome: boolean): Promise<Readable | DataError> {
  try {
    const official = await readTask(root, task);
    const paths = pathsOf(official.examples);
    return { official, images: imagesToCome ? paths.map(toCome) : await lookAt(root, paths) };
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** An image as good as there. */
const toCome = (path: string): NamedImage => ({ path, state: { kind: 'present', bytes: 0, stamp: '', changedAt: 0 } });

function listing(task: TaskName, read: Readable | DataError, verdicts: ReadonlyMap<string, string>): TaskListing {
  if (read instanceof DataError) {
    const images = { named: 0, missing: 0, unreadable: 0 };
    return { task, runnable: false, reason: read.message, examples: 0, subtasks: {}, images, faulty: [] };
  }
  const { examples } = read.official;
  const faulty = faultyOf(judged(read.images, verdicts));
  const [first, ...rest] = faulty;
  const named = read.images.length;
  return {
    task,
    runnable: first === undefined,
    reason: first ? imagesFault(task, folderOf(task), named, [first, ...rest]).message : null,
    examples: examples.length,
    subtasks: countsByGroup(examples),
    images: { named, missing: countOf(faulty, 'missing'), unreadable: countOf(faulty, 'unreadable') },
    faulty,
  };
}

/** The names of groups come from files: no name of one may be lost to an object's own. */
function countsByGroup(examples: readonly OfficialExample[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { group } of examples) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The folder of the data root that holds a task's official files, of which several tasks may read one. */
export function taskFolder(task: TaskName): string {
  return READERS[task].folder;
}

const folderOf = (task: TaskName) => `${taskFolder(task)}/`;

async function readTask(root: string, task: TaskName): Promise<OfficialTask> {
  const { folder, read } = READERS[task];
  const isFolder = await stat(join(root, folder)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new DataError(task, `${folder}/`, 'is not a folder of the data root: put the official files there');
  return read(root);
}

/** The images with the verdict on those whose path is among `wanted`. */
async function checked(
  root: string,
  images: readonly NamedImage[],
  wanted: readonly string[],
  check: ImageCheck | undefined,
): Promise<readonly NamedImage[]> {
  if (!check) return images;
  const paths = new Set(wanted);
  const asked = images.filter(({ path }) => paths.has(path));
  return judged(images, await verdictsOn(root, asked, check));
}

/** The examples all of whose images are good, and what was left out; null when nothing was. */
function withoutFaulty(
  chosen: readonly OfficialExample[],
  faulty: readonly FaultyImage[],
): { examples: readonly OfficialExample[]; skipped: Skipped | null } {
  const bad = new Set(faulty.map(({ path }) => path));
  const examples = chosen.filter(({ images }) => images.every(({ path }) => !bad.has(path)));
  if (examples.length === chosen.length) return { examples, skipped: null };
  const needed = new Set(pathsOf(chosen));
  const of = (kind: FaultyImage['kind']) =>
    faulty.filter((one) => one.kind === kind && needed.has(one.path)).map(({ path }) => path);
  const skipped = {
    examples: chosen.length - examples.length,
    missing: of('missing'),
    unreadable: of('unreadable'),
  };
  return { examples, skipped };
}

async function versionOf(root: string, task: TaskName, { metadata }: OfficialTask, images: readonly NamedImage[]) {
  try {
    return await dataVersion(root, task, metadata, images);
  } catch (error) {
    // stat answered, reading did not: gone meanwhile, or a fault of the disk
    const { path = root, code = 'unknown fault' } = error as NodeJS.ErrnoException;
    const image = images.find((one) => join(root, one.path) === path)?.path ?? folderOf(task);
    throw new DataError(task, image, `cannot be read (${code})`);
  }
}

/** The first `limit` examples of each group, or of all, in their order. */
function limited(task: TaskName, examples: readonly OfficialExample[], limit: number): readonly OfficialExample[] {
  if (READERS[task].limit === 'all') return examples.slice(0, limit);
  const taken = new Map<string, number>();
  return examples.filter(({ group = '' }) => {
    const before = taken.get(group) ?? 0;
    taken.set(group, before + 1);
    return before < limit;
  });
}

function asExample(root: string, { images, ...rest }: OfficialExample, index: number): Example {
  return { index, ...rest, images: images.map((image) => ({ ...image, path: join(root, image.path) })) };
}
