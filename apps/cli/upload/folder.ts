import { stat } from 'node:fs/promises';
import { byCodePoint } from '@gdbench/file-names/order';
import { folderCalled } from '@gdbench/storage/remedy';
import { CheckpointFault } from '@gdbench/workers/engine/fault';
import { openFolder } from '@gdbench/workers/engine/folder';
import { CliFault, refusedFault } from '../fault.ts';

export interface ListedFile {
  readonly path: string;
  readonly size: number;
}

export interface ListedFolder {
  /** Absolute: the checkpoint's own folder, which may lie in the one that was given. */
  readonly root: string;
  /** Where in the folder that was given it lies; '' where it is that folder itself. */
  readonly inside: string;
  /** By path, in code-point order. */
  readonly files: readonly ListedFile[];
  /** What lies in the folder that was given and is no part of the checkpoint. */
  readonly leftOut: readonly string[];
}

/** @throws CliFault with code 2 where there is no such folder. */
export async function requireFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (!found) throw new CliFault(`${dir} is not there: give the folder that holds the checkpoint.`, 2);
  if (found.isDirectory()) return;
  const { fileInstead } = await import('./file-instead.ts');
  throw new CliFault(await fileInstead(dir), 2);
}

/**
 * A checkpoint's files under the rules that the engine has for a folder: no junk, no link that leads out.
 * Throws CliFault: code 2 where there is no such folder, 1 where the folder cannot serve.
 */
export async function listFolder(dir: string): Promise<ListedFolder> {
  await requireFolder(dir);
  try {
    const { root, inside, files, leftOut } = await openFolder(dir, folderCalled(dir));
    const listed = [...files].map(([path, size]) => ({ path, size })).sort((a, b) => byCodePoint(a.path, b.path));
    return { root, inside, files: listed, leftOut };
  } catch (error) {
    if (error instanceof CheckpointFault) throw refusedFault(error.message, error.faults);
    throw error;
  }
}
