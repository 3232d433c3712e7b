import { constants, copyFile, link, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sameBytes } from './contents.ts';
import type { Scratch } from './scratch.ts';

/** What became of a file at its place: it was put there, it was there with the same bytes, or another is there and was let be. */
export type Placed = 'new' | 'there' | 'other';

/**
 * Puts a file at its place below the root, by a hard link where the file system can, else as a copy. Nothing that is there is
 * overwritten, and nothing half written is ever at a place.
 *
 * @param file on the disk; it is not changed.
 */
export async function placeFile(root: string, to: string, file: string, scratch: Scratch): Promise<Placed> {
  const target = join(root, to);
  const before = await compared(file, target);
  if (before) return before;
  await mkdir(dirname(target), { recursive: true });
  if (await linked(file, target)) return 'new';
  const copy = scratch.next();
  await copyFile(file, copy, constants.COPYFILE_FICLONE);
  return settle(copy, target);
}

/** The same of a file that is written here. */
export async function placeBytes(root: string, to: string, bytes: Uint8Array, scratch: Scratch): Promise<Placed> {
  const draft = scratch.next();
  await writeFile(draft, bytes, { flag: 'wx' });
  const target = join(root, to);
  await mkdir(dirname(target), { recursive: true });
  return settle(draft, target);
}

/** Moves a whole file of the scratch folder to its place. */
async function settle(draft: string, target: string): Promise<Placed> {
  const before = await compared(draft, target);
  try {
    if (before) return before;
    if (!(await linked(draft, target))) await rename(draft, target);
    return 'new';
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null where nothing is at the place. */
async function compared(file: string, target: string): Promise<'there' | 'other' | null> {
  const found = await stat(target).catch(() => null);
  if (!found) return null;
  return found.isFile() && (await sameBytes(file, target)) ? 'there' : 'other';
}

/** What a file system says that cannot link, or not these two files. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EXDEV',
  'EPERM',
  'EACCES',
  'EMLINK',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
]);

async function linked(file: string, target: string): Promise<boolean> {
  try {
    // of a link, what it leads to
    await link(await realpath(file), target);
    return true;
  } catch (error) {
    if (NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
