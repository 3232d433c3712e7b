import { resolve } from 'node:path';
import type { Edition } from '../editions/edition.ts';
import { judgeEdition, sha256 } from '../editions/judge.ts';
import { explainedImages, type Surroundings, surroundingsOf } from '../recognise/explain.ts';
import { type DataEdition, TASK_NAMES, type TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import {
  countOf,
  type FaultyImage,
  faultyOf,
  type ImageCheck,
  judged,
  lookAt,
  type NamedImage,
  pathsOf,
  verdictsOn,
} from './images.ts';
import { notesOf } from './notes.ts';
import type { OfficialExample, OfficialTask, UnreadFile, UnusedGroup } from './official-task.ts';
import { readTask } from './read-task.ts';
import { taskFolder } from './readers.ts';
import { versionOf } from './version.ts';

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
  /** What lies there in place of images that are missing, and the command that mends it, where that is recognised. */
  readonly remedy?: string;
  /** Nothing of the task is there, neither its folder nor anything that may stand for it. */
  readonly absent?: true;
  /** With `editions` alone, and of a task whose files could be read. */
  readonly data?: ListedData;
}

/** What a task's data are. */
export interface ListedData {
  readonly edition: DataEdition;
  /** Null where images are missing or unreadable. */
  readonly dataVersion: string | null;
  /** Sha256, in hex, of each metadata file by its path. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Files among the data that are not read, and why. */
  readonly unread: readonly UnreadFile[];
  /** Groups that no pair compares. */
  readonly unused: readonly UnusedGroup[];
  /** The same and whatever else a reader should know, a sentence each. */
  readonly notes: readonly string[];
}

export interface ListOptions {
  /** Default: all. */
  readonly tasks?: readonly TaskName[];
  /** The editions of which the data may be: each task's data are judged, for which their images are read once more. */
  readonly editions?: readonly Edition[];
  /** The images are still being made: those that examples name are taken as there, and none is looked at. */
  readonly imagesToCome?: boolean;
  /** Called once for each image of the root that a task names and that is there; without it no image is read. */
  readonly check?: ImageCheck;
  /** Called after each image that was checked. */
  readonly onChecked?: (done: number, total: number) => void;
}

/** Tasks with whether they can be run from `root`, and why not. */
export async function listTasks(root: string, options: ListOptions = {}): Promise<TaskListing[]> {
  const { tasks = TASK_NAMES, imagesToCome = false, check, onChecked, editions } = options;
  const base = resolve(root);
  const surroundings = surroundingsOf(base);
  const read: (Readable | DataError)[] = [];
  for (const task of tasks) read.push(await readable(base, task, imagesToCome, surroundings));
  // tasks share images
  const named = new Map(
    read.flatMap((one) => (one instanceof DataError ? [] : one.images.map((image) => [image.path, image] as const))),
  );
  const verdicts = check ? await verdictsOn(base, [...named.values()], check, onChecked) : new Map<string, string>();
  const listings: TaskListing[] = [];
  for (const [i, task] of tasks.entries()) {
    const one = read[i]!;
    if (one instanceof DataError) listings.push(unreadTask(task, one));
    else {
      const seen = { ...one, images: judged(one.images, verdicts) };
      const listing = await listingOf(task, seen, surroundings);
      listings.push(editions ? { ...listing, data: await listedData(base, task, seen, editions) } : listing);
    }
  }
  return listings;
}

interface Readable {
  readonly official: OfficialTask;
  readonly images: readonly NamedImage[];
}

async function readable(
  root: string,
  task: TaskName,
  imagesToCome: boolean,
  surroundings: Surroundings,
): Promise<Readable | DataError> {
  try {
    const official = await readTask(root, task, surroundings);
    const paths = pathsOf(official.examples);
    return { official, images: imagesToCome ? paths.map(toCome) : await lookAt(root, paths) };
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** An image as good as there. */
const toCome = (path: string): NamedImage => ({ path, state: { kind: 'present', bytes: 0, stamp: '', changedAt: 0 } });

function unreadTask(task: TaskName, { message, kind, isRecognised }: DataError): TaskListing {
  const images = { named: 0, missing: 0, unreadable: 0 };
  const listing = { task, runnable: false, reason: message, examples: 0, subtasks: {}, images, faulty: [] };
  return kind === 'absent' && !isRecognised ? { ...listing, absent: true } : listing;
}

async function listingOf(
  task: TaskName,
  { official, images }: Readable,
  surroundings: Surroundings,
): Promise<TaskListing> {
  const faulty = faultyOf(images);
  const counts = {
    named: images.length,
    missing: countOf(faulty, 'missing'),
    unreadable: countOf(faulty, 'unreadable'),
  };
  const listing = {
    task,
    runnable: faulty.length === 0,
    reason: null,
    examples: official.examples.length,
    subtasks: countsByGroup(official.examples),
    images: counts,
    faulty,
  };
  if (faulty.length === 0) return listing;
  const fault = [task, `${taskFolder(task)}/`, images.length, faulty] as const;
  const { error, remedy } = await explainedImages(fault, surroundings);
  return { ...listing, reason: error.message, ...(remedy === null ? {} : { remedy }) };
}

async function listedData(
  root: string,
  task: TaskName,
  { official, images }: Readable,
  editions: readonly Edition[],
): Promise<ListedData> {
  const bad = new Set(faultyOf(images).map(({ path }) => path));
  const dataVersion = bad.size === 0 ? await versionOf(root, task, official, images) : null;
  const scored = official.examples.filter((example) => example.images.every(({ path }) => !bad.has(path))).length;
  const judgement = { task, official, images: images.length, faulty: bad.size, dataVersion, scored };
  return {
    edition: judgeEdition(editions, judgement),
    dataVersion,
    metadata: Object.fromEntries(official.metadata.map((file) => [file.path, sha256(file)])),
    unread: official.unread ?? [],
    unused: official.unused ?? [],
    notes: notesOf(task, official),
  };
}

/** The names of groups come from files: no name of one may be lost to an object's own. */
function countsByGroup(examples: readonly OfficialExample[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { group } of examples) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Object.fromEntries(counts);
}
