import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import type { TaskName } from '../task.ts';
import { DataError, REMEDIES } from './data-error.ts';
import { type FileState, stateOf } from './files.ts';
import type { OfficialExample } from './official-task.ts';

/**
 * A decoder's verdict on the image file at an absolute path: null when it decodes, else what is wrong, as words that go on
 * after the file's name ("cannot be decoded (premature end of JPEG image)"). This package has no decoder of its own.
 */
export type ImageCheck = (absolutePath: string) => Promise<string | null>;

/** An image that examples name, and what stands in its place. */
export interface NamedImage {
  /** Relative to the data root, with forward slashes. */
  readonly path: string;
  readonly state: FileState;
}

/** An image that cannot be used. */
export interface FaultyImage {
  /** Relative to the data root, with forward slashes. */
  readonly path: string;
  readonly kind: 'missing' | 'unreadable';
  /** Words that go on after the path: "is missing", "is empty", or the decoder's verdict. */
  readonly fault: string;
}

/** Images that a fault's sentence names. */
const NAMED_AT_MOST = 10;
const STATES_AT_ONCE = 64;
/** The decoder has threads of its own. */
const CHECKS_AT_ONCE = Math.min(8, availableParallelism());

/** The paths of all images that these examples name, each once, in the order of first naming. */
export function pathsOf(examples: readonly OfficialExample[]): string[] {
  return [...new Set(examples.flatMap(({ images }) => images.map(({ path }) => path)))];
}

/** Looks at each file's state; reads none. */
export function lookAt(root: string, paths: readonly string[]): Promise<NamedImage[]> {
  return pMap(paths, async (path) => ({ path, state: await stateOf(root, path) }), { concurrency: STATES_AT_ONCE });
}

/** The verdicts on those that are there, by path; calls `check` once for each, a few at a time. */
export async function verdictsOn(
  root: string,
  images: readonly NamedImage[],
  check: ImageCheck,
  onChecked: (done: number, total: number) => void = () => {},
): Promise<ReadonlyMap<string, string>> {
  const present = images.filter(({ state }) => state.kind === 'present');
  const faults = new Map<string, string>();
  let done = 0;
  const checkOne = async ({ path }: NamedImage) => {
    const fault = await check(join(root, path));
    if (fault !== null) faults.set(path, fault);
    onChecked(++done, present.length);
  };
  await pMap(present, checkOne, { concurrency: CHECKS_AT_ONCE });
  return faults;
}

/** The same images; those with a verdict are unreadable. */
export function judged(images: readonly NamedImage[], verdicts: ReadonlyMap<string, string>): NamedImage[] {
  return images.map((image) => {
    const fault = verdicts.get(image.path);
    return fault === undefined ? image : { path: image.path, state: { kind: 'unreadable', as: 'foreign', fault } };
  });
}

export function faultyOf(images: readonly NamedImage[]): FaultyImage[] {
  return images.flatMap(({ path, state }): FaultyImage[] => {
    if (state.kind === 'present') return [];
    const fault = state.kind === 'missing' ? 'is missing' : state.fault;
    return [{ path, kind: state.kind, fault }];
  });
}

export function countOf(faulty: readonly FaultyImage[], kind: FaultyImage['kind']): number {
  return faulty.filter((one) => one.kind === kind).length;
}

/** How many images of a task's `named` are at fault, the first of them by name, and what was found in their place, in one sentence. */
export function imagesFault(
  task: TaskName,
  folder: string,
  named: number,
  faulty: readonly FaultyImage[],
  found: string | null = null,
): DataError {
  const kinds = (['missing', 'unreadable'] as const).filter((kind) => countOf(faulty, kind) > 0);
  const counts = kinds.map((kind) => `${countOf(faulty, kind)} ${kind}`).join(' and ');
  const first = faulty.slice(0, NAMED_AT_MOST).map(({ path, fault }) => `${path} ${fault}`);
  const more = faulty.length > first.length ? `, and ${faulty.length - first.length} more` : '';
  const images = `${named} ${named === 1 ? 'image' : 'images'}`;
  const remedy = `${found ?? REMEDIES.images}, or skip the examples that need them`;
  return new DataError(task, folder, 'images', `has ${counts} of ${images}: ${first.join(', ')}${more}`, remedy);
}
