import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Example, TASK_NAMES, type TaskData, type TaskName } from '../task.ts';
import { readClevr } from './clevr.ts';
import { DataError } from './data-error.ts';
import { type FileState, type OfficialExample, type OfficialTask, stateOf } from './files.ts';
import { readMmbias } from './mmbias.ts';
import { dataVersion, type PresentImage } from './version.ts';
import { readWinoground } from './winoground.ts';

export { DataError };

const unread = (task: TaskName) => async (): Promise<OfficialTask> => {
  throw new DataError(task, `${task}/`, 'cannot be read by this version');
};

const READERS: Record<TaskName, (root: string) => Promise<OfficialTask>> = {
  clevr: readClevr,
  winoground: readWinoground,
  flickr30k_image: unread('flickr30k_image'),
  flickr30k_text: unread('flickr30k_text'),
  imagecode: unread('imagecode'),
  imagecode_video: unread('imagecode_video'),
  svo_verb: unread('svo_verb'),
  svo_subj: unread('svo_subj'),
  svo_obj: unread('svo_obj'),
  vg_relation: unread('vg_relation'),
  vg_attribution: unread('vg_attribution'),
  coco_order: unread('coco_order'),
  flickr30k_order: unread('flickr30k_order'),
  pets: unread('pets'),
  mmbias: readMmbias,
  genderbias: unread('genderbias'),
};

export interface LoadOptions {
  /** Only the first so many examples of each subtask (clevr) or group (mmbias), or of all (winoground); at least 1. */
  readonly limit?: number;
}

/**
 * A task's examples from the official files below `root`, in the official order; `examples[i].index` is i. The data version
 * is that of the whole data whatever the limit, and every image of the whole data must be there. Throws DataError, a
 * sentence that names file and fault, when the root cannot serve the task; RangeError for a limit that is not a whole
 * number from 1.
 */
export async function loadTask(root: string, task: TaskName, options: LoadOptions = {}): Promise<TaskData> {
  const { limit = Infinity } = options;
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1))
    throw new RangeError(`The limit must be a whole number from 1, not ${limit}.`);
  const base = resolve(root);
  const official = await readTask(base, task);
  const images = (await imagesOf(base, official)).map(({ path, state }) => requirePresent(task, path, state));
  return {
    task,
    root: base,
    dataVersion: await versionOf(base, task, official, images),
    examples: limited(official.examples, limit).map((example, index) => asExample(base, example, index)),
    ...(official.pleasant === undefined ? {} : { pleasant: official.pleasant }),
  };
}

/** What a data root holds of a task. */
export interface TaskListing {
  readonly task: TaskName;
  readonly runnable: boolean;
  /** One sentence when the task is not runnable, else null. */
  readonly reason: string | null;
  /** Examples that the metadata name; 0 where they could not be read. */
  readonly examples: number;
  /** Examples a subtask (clevr) or group (mmbias); empty for winoground. */
  readonly subtasks: Readonly<Record<string, number>>;
  /** Unreadable: empty, no regular file, or closed to this process. Images are not decoded. */
  readonly images: { readonly named: number; readonly missing: number; readonly unreadable: number };
}

/** Every task with whether it can be run from `root`, and why not; looks at each file's state but reads no image. */
export async function listTasks(root: string): Promise<TaskListing[]> {
  const base = resolve(root);
  const listings: TaskListing[] = [];
  for (const task of TASK_NAMES) listings.push(await listTask(base, task));
  return listings;
}

async function listTask(root: string, task: TaskName): Promise<TaskListing> {
  try {
    const official = await readTask(root, task);
    const images = await imagesOf(root, official);
    const faulty = images.find(({ state }) => state.kind !== 'present');
    const subtasks: Record<string, number> = {};
    for (const { group } of official.examples) if (group !== undefined) subtasks[group] = (subtasks[group] ?? 0) + 1;
    return {
      task,
      runnable: faulty === undefined,
      reason: faulty ? imageFault(task, faulty.path, faulty.state).message : null,
      examples: official.examples.length,
      subtasks,
      images: {
        named: images.length,
        missing: images.filter(({ state }) => state.kind === 'missing').length,
        unreadable: images.filter(({ state }) => state.kind === 'unreadable').length,
      },
    };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const images = { named: 0, missing: 0, unreadable: 0 };
    return { task, runnable: false, reason: error.message, examples: 0, subtasks: {}, images };
  }
}

async function readTask(root: string, task: TaskName): Promise<OfficialTask> {
  const isFolder = await stat(join(root, task)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new DataError(task, `${task}/`, 'is not a folder of the data root: put the official files there');
  return READERS[task](root);
}

/** The state of every image that is named, each once, in the order of first naming. */
function imagesOf(root: string, { examples }: OfficialTask): Promise<{ path: string; state: FileState }[]> {
  const paths = [...new Set(examples.flatMap(({ images }) => images))];
  return Promise.all(paths.map(async (path) => ({ path, state: await stateOf(root, path) })));
}

function requirePresent(task: TaskName, path: string, state: FileState): PresentImage {
  if (state.kind !== 'present') throw imageFault(task, path, state);
  return { path, ...state };
}

function imageFault(task: TaskName, path: string, state: FileState): DataError {
  const fault = state.kind === 'unreadable' ? state.fault : 'is missing, though the metadata name it';
  return new DataError(task, path, `${fault}: put the official image there`);
}

async function versionOf(root: string, task: TaskName, { metadata }: OfficialTask, images: readonly PresentImage[]) {
  try {
    return await dataVersion(root, metadata, images);
  } catch (error) {
    // stat answered, reading did not: closed to this process, or gone meanwhile
    const { path = root, code = 'unknown fault' } = error as NodeJS.ErrnoException;
    const image = images.find((one) => join(root, one.path) === path)?.path ?? `${task}/`;
    throw new DataError(task, image, `cannot be read (${code})`);
  }
}

/** The first `limit` examples of each group, in their order. */
function limited(examples: readonly OfficialExample[], limit: number): OfficialExample[] {
  const taken = new Map<string, number>();
  return examples.filter(({ group = '' }) => {
    const before = taken.get(group) ?? 0;
    taken.set(group, before + 1);
    return before < limit;
  });
}

function asExample(root: string, { images, ...rest }: OfficialExample, index: number): Example {
  return { index, ...rest, images: images.map((path) => ({ path: join(root, path) })) };
}
