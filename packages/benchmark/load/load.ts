import { join, resolve } from 'node:path';
import type { Edition } from '../editions/edition.ts';
import { EDITIONS } from '../editions/editions.ts';
import { judgeEdition } from '../editions/judge.ts';
import { explainedImages, surroundingsOf } from '../recognise/explain.ts';
import type { DataEdition, Example, LoadedTask, Skipped, TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import {
  type FaultyImage,
  faultyOf,
  type ImageCheck,
  judged,
  lookAt,
  type NamedImage,
  pathsOf,
  verdictsOn,
} from './images.ts';
import { type ListOptions, listTasks, type TaskListing } from './list.ts';
import { notesOf } from './notes.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';
import { readTask } from './read-task.ts';
import { READERS, taskFolder } from './readers.ts';
import { versionOf } from './version.ts';

export type { FaultyImage, ImageCheck, ListOptions, TaskListing };
export { DataError, listTasks, taskFolder };

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
  /** The editions of which the data may be; default: those that are known to everybody. */
  readonly editions?: readonly Edition[];
}

/**
 * A task's examples from the official files below `root`, in the official order; `examples[i].index` is i. The data version
 * is that of the whole data whatever the limit. Every image of the whole data must be there; with `skipMissing` examples are
 * left out instead, `skipped` says what, and the version is another. Throws DataError, a sentence that names file and fault
 * (of images: how many, and the first), when the root cannot serve the task; RangeError for a limit that is not a whole
 * number from 1.
 */
export async function loadTask(root: string, task: TaskName, options: LoadOptions = {}): Promise<LoadedTask> {
  const { limit = Infinity, skipMissing = false, check, editions = EDITIONS } = options;
  requireLimit(limit);
  const base = resolve(root);
  const surroundings = surroundingsOf(base);
  const official = await readTask(base, task, surroundings);
  const chosen = limited(task, official.examples, limit);

  const images = await checked(base, await lookAt(base, pathsOf(official.examples)), pathsOf(chosen), check);
  const faulty = faultyOf(images);
  if (faulty.length > 0 && !skipMissing)
    throw (await explainedImages([task, `${taskFolder(task)}/`, images.length, faulty], surroundings)).error;
  const { examples, skipped } = withoutFaulty(chosen, faulty);
  if (examples.length === 0)
    throw new DataError(
      task,
      `${taskFolder(task)}/`,
      'contents',
      'has no example left when those with images at fault are skipped',
    );
  const version = await versionOf(base, task, official, images);
  const edition = judgeEdition(editions, {
    task,
    official,
    images: images.length,
    faulty: faulty.length,
    dataVersion: version,
    scored: examples.length,
  });
  return { ...asLoaded(base, task, official, examples, version, edition), ...(skipped ? { skipped } : {}) };
}

function requireLimit(limit: number): void {
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1))
    throw new RangeError(`The limit must be a whole number from 1, not ${limit}.`);
}

function asLoaded(
  root: string,
  task: TaskName,
  official: OfficialTask,
  examples: readonly OfficialExample[],
  dataVersion: string,
  edition: DataEdition,
): LoadedTask {
  const { pleasant } = official;
  const notes = notesOf(task, official);
  return {
    task,
    root,
    dataVersion,
    examples: examples.map((example, index) => asExample(root, example, index)),
    edition,
    ...(notes.length > 0 ? { notes } : {}),
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
  { limit = Infinity, editions = EDITIONS }: Pick<LoadOptions, 'limit' | 'editions'> = {},
): Promise<LoadedTask> {
  requireLimit(limit);
  const base = resolve(root);
  const official = await readTask(base, task, surroundingsOf(base));
  const examples = limited(task, official.examples, limit);
  const images = pathsOf(official.examples).length;
  const judgement = { task, official, images, faulty: 0, dataVersion, scored: examples.length };
  return asLoaded(base, task, official, examples, dataVersion, judgeEdition(editions, judgement));
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
