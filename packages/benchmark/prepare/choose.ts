import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asPythonWrites } from '../load/python-json.ts';
import { affinity, type SetName } from './affinity.ts';
import type { PrepareContext } from './context.ts';
import { type FoundFile, folderOf, type LeftOut, nameOf, sameName } from './found.ts';
import type { PlannedText } from './plan.ts';
import { PrepareFault } from './prepare-fault.ts';
import { isPublished, publishedOf } from './published.ts';

/** A file of metadata that is to be used. */
export interface Chosen {
  readonly path: string;
  readonly bytes: Buffer;
  /** How it was mended: words that go on after "was"; null where it is as it was found. */
  readonly made: string | null;
}

/** A file of metadata for its place below the root. */
export const planned = (to: string, { path, bytes, made }: Chosen): PlannedText => ({ to, bytes, from: path, made });

/** The same with another value, as the published files are written. @param how words that go on after "mended:" */
export const rewritten = (to: string, { path }: Chosen, value: unknown, how: string): PlannedText => ({
  to,
  bytes: asPythonWrites(value),
  from: path,
  made: `mended: ${how}`,
});

/**
 * The one of several files of a kind that a set is made from: files of other splits are left out, and so are second copies. Of
 * files that differ, that which has the official name, or lies in a folder that is named for the set. Where none was given, the
 * one that is in the root already; null where there is none either.
 *
 * @param official place below the root. @param what as in "SVO's rows". @param otherSplits names of files that are left out.
 * @throws PrepareFault where it cannot be told.
 */
export async function chooseText(
  context: PrepareContext,
  set: SetName,
  files: readonly FoundFile[],
  official: string,
  what: string,
  leave: (left: LeftOut) => void,
  otherSplits: RegExp = TRAINING,
): Promise<Chosen | null> {
  const ofOther = ({ path }: FoundFile) => otherSplits.test(nameOf(path));
  for (const file of files.filter(ofOther)) leave({ path: file.path, files: 1, why: 'is of another split' });
  const read = await Promise.all(
    files
      .filter((file) => !ofOther(file))
      .map(async (file) => ({ path: file.path, bytes: await context.contents.read(file), made: null })),
  );
  const different = read.filter(({ bytes }, i) => read.findIndex((one) => one.bytes.equals(bytes)) === i);
  const [first, ...others] = narrowed(different, set, official);
  if (!first) return kept(context.root, official);
  if (others.length > 0)
    throw new PrepareFault(
      [first, ...others].map(({ path }) => path).join(' and '),
      `are both ${what}, and differ: give only one of them`,
    );
  return mended(first, official);
}

/** A program that copies may change how lines end; where the published file can be had back so, it is. */
function mended(chosen: Chosen, official: string): Chosen {
  if (isPublished(official, chosen.bytes)) return chosen;
  const published = publishedOf(official, chosen.bytes);
  return published ? { ...chosen, bytes: published, made: 'mended: its line ends are as published' } : chosen;
}

/** Names of files of splits that GDBench does not ask of. */
export const TRAINING = /(^|[-_.])train([-_.]|$)/i;

/** Those that fit best, as long as more than one is left. */
function narrowed(candidates: readonly Chosen[], set: SetName, official: string): readonly Chosen[] {
  const tests: ((one: Chosen) => boolean)[] = [
    ({ bytes }) => isPublished(official, bytes),
    ({ path }) => sameName(nameOf(path)) === sameName(nameOf(official)),
    ({ path }) => affinity(folderOf(path), set) === 2,
    ({ path }) => (affinity(folderOf(path), set) ?? 0) > 0,
  ];
  return tests.reduce((left, test) => {
    const fitting = left.filter(test);
    return left.length > 1 && fitting.length > 0 ? fitting : left;
  }, candidates);
}

async function kept(root: string, official: string): Promise<Chosen | null> {
  try {
    return { path: official, bytes: await readFile(join(root, official)), made: null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
