import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftover, isLitter } from '@gdbench/file-names/leftover';
import { byCodePoint } from '@gdbench/file-names/order';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import { codeOf, unreadKind } from './files.ts';
import type { UnreadFile } from './official-task.ts';

/** What lies in a folder; names in code-point order. */
export interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** What systems and archives leave behind, of either kind, is in neither list. */
  readonly leftovers: readonly UnreadFile[];
}

const NOTHING: Entries = { folders: [], files: [], leftovers: [] };

/** A folder that is not there holds nothing. A link to nowhere is a file, which is missing. @throws DataError */
export async function entriesIn(task: TaskName, root: string, path: string): Promise<Entries> {
  try {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry) => {
        const known = entry.isSymbolicLink() ? await stat(join(root, path, entry.name)).catch(() => null) : entry;
        return { name: entry.name, isFolder: known?.isDirectory() ?? false };
      }),
    );
    found.sort((a, b) => byCodePoint(a.name, b.name));
    const named = (isFolder: boolean) =>
      found.filter((one) => one.isFolder === isFolder && !isLeftover(one.name)).map(({ name }) => name);
    const leftovers = found
      .filter(({ name }) => isLeftover(name))
      .map(({ name, isFolder }) => ({
        path: `${path}/${name}${isFolder ? '/' : ''}`,
        why: isLitter(name) ? 'is what a system left there' : 'is a download or a copy that was not finished',
      }));
    return { folders: named(true), files: named(false), leftovers };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return NOTHING;
    if (code === 'ENOTDIR') throw new DataError(task, path, 'blocked', 'is not a folder');
    throw new DataError(task, path, unreadKind(code), `cannot be read (${code})`);
  }
}

/** What counts as an image where a folder's files are the examples. */
export const IMAGE_NAME = /\.(jpe?g|png)$/i;

/** Files of a folder by whether they are images, as `isImage` says of their names; why the others are not read. */
export function imagesAmong(
  folder: string,
  { files, leftovers }: Entries,
  isImage: (name: string) => string | null,
): { images: string[]; unread: UnreadFile[] } {
  const judged = files.map((name) => ({ name, why: isImage(name) }));
  return {
    images: judged.filter(({ why }) => why === null).map(({ name }) => name),
    unread: [
      ...judged.flatMap(({ name, why }) => (why === null ? [] : [{ path: `${folder}/${name}`, why }])),
      ...leftovers,
    ],
  };
}

/** The verdict of `imagesAmong` for folders of JPEG and PNG files. */
export const isPicture = (name: string): string | null => (IMAGE_NAME.test(name) ? null : 'is no .jpg, .jpeg or .png');
