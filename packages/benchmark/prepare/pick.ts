import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodePoint } from '@gdbench/file-names/order';
import { affinity, type SetName } from './affinity.ts';
import type { PrepareContext } from './context.ts';
import { type FoundFile, folderOf, grouped, nameOf, sameName } from './found.ts';
import type { SetPlan } from './plan.ts';
import { PrepareFault } from './prepare-fault.ts';

/** An image that a set needs. */
export interface WantedImage {
  /** Its place below the root. */
  readonly to: string;
  /** The names that it may have where it was found, without folders; the first that is there is taken. */
  readonly names: readonly string[];
}

export interface Picked {
  readonly images: Map<string, FoundFile>;
  /** Places of those that are neither given nor in the root. */
  readonly missing: string[];
  /** How many were not given, and are in the root already. */
  readonly kept: number;
}

/**
 * Finds a set's images by their names, in any letter case and at any depth. Folders that are named for the set come first, then
 * those that hold most of what is wanted; those that are named for another set are passed over.
 *
 * @throws PrepareFault where two folders alike hold different images of one name.
 */
export async function pickImages(
  context: PrepareContext,
  set: SetName,
  wanted: readonly WantedImage[],
): Promise<Picked> {
  const candidates = candidatesFor(context, set, wanted);
  const images = new Map<string, FoundFile>();
  const missing: string[] = [];
  for (const { to, names } of wanted) {
    const found = names.map((name) => candidates.get(sameName(name)) ?? []).find((list) => list.length > 0);
    if (found) images.set(to, await theOne(context, set, found));
    else if (!(await isThere(context.root, to))) missing.push(to);
  }
  return { images, missing, kept: wanted.length - images.size - missing.length };
}

/** What is to be done for a set whose texts name its images, and of which nothing more is to be told. */
export async function planOf(
  context: PrepareContext,
  { set, tasks, texts, leftOut }: Pick<SetPlan, 'set' | 'tasks' | 'texts' | 'leftOut'>,
  wanted: readonly WantedImage[],
): Promise<SetPlan> {
  return { set, tasks, texts, ...(await pickImages(context, set, wanted)), lacking: [], leftOut, notes: [] };
}

interface Candidate {
  readonly file: FoundFile;
  /** Of its folder. */
  readonly rank: number;
}

/** The candidates for each name, best first. */
function candidatesFor(
  { finds }: PrepareContext,
  set: SetName,
  wanted: readonly WantedImage[],
): ReadonlyMap<string, readonly Candidate[]> {
  const names = new Set(wanted.flatMap((one) => one.names.map(sameName)));
  const fitting = [...finds.images, ...finds.others].filter(({ path }) => names.has(sameName(nameOf(path))));
  const sizes = new Map(
    [...grouped(finds.images, ({ path }) => folderOf(path))].map(([folder, { length }]) => [folder, length]),
  );
  const folders = [...grouped(fitting, ({ path }) => folderOf(path))].flatMap(([folder, files]) => {
    const rank = affinity(folder, set);
    // names such as 1.jpg are those of many sets: a few of them among others are no sign
    const isStray = 2 * files.length < wanted.length && 2 * files.length < (sizes.get(folder) ?? 0);
    return rank === null || (rank === 0 && isStray) ? [] : [{ folder, rank, files }];
  });
  folders.sort((a, b) => b.rank - a.rank || b.files.length - a.files.length || byCodePoint(a.folder, b.folder));
  const all = folders.flatMap(({ rank, files }) => files.map((file) => ({ file, rank })));
  return grouped(all, ({ file }) => sameName(nameOf(file.path)));
}

async function theOne(
  { contents }: PrepareContext,
  set: SetName,
  [first, ...others]: readonly Candidate[],
): Promise<FoundFile> {
  for (const other of others.filter(({ rank }) => rank === first!.rank))
    if (!(await contents.areEqual(first!.file, other.file)))
      throw new PrepareFault(
        first!.file.path,
        `and ${other.file.path} are different images of one name, and either could be of ${set}: give only one of them`,
      );
  return first!.file;
}

/** Whether a file, or a folder, is at its place already. */
export async function isThere(root: string, to: string): Promise<boolean> {
  return stat(join(root, to)).then(
    (found) => found.isFile() || found.isDirectory(),
    () => false,
  );
}
