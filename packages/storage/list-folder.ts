import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isLitter } from '@gdbench/file-names/leftover';
import { checkpointFiles, pathInside } from './checkpoint-files.ts';
import { isJunk } from './junk.ts';
import { followLink, type Unfollowed } from './links.ts';

/** Entries of a folder that are looked at, whatever they are. */
export const MOST_ENTRIES = 20_000;
export const DEEPEST = 32;

/** What lies in a folder and may not: a link that is not followed, a folder that is too deep, what is no file. */
export interface Barred {
  /** In the folder that was given, with forward slashes. */
  readonly path: string;
  readonly why: Unfollowed | 'too deep' | 'special';
}

/** What of a folder is the checkpoint (checkpointFiles). */
export interface Listing {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Where in the folder that was given it lies; '' where it is that folder itself. */
  readonly inside: string;
  /** Path inside the checkpoint's folder (forward slashes) -> size in bytes. None leads out of it, but any may be misnamed. */
  readonly files: ReadonlyMap<string, number>;
  /** Paths in the folder that was given which are no part of the checkpoint. */
  readonly leftOut: readonly string[];
  readonly barred: readonly Barred[];
}

/** A folder with more than MOST_ENTRIES entries. */
export class TooManyEntriesError extends Error {
  override readonly name = 'TooManyEntriesError';
}

/**
 * Lists a folder on disk and finds the checkpoint in it.
 *
 * @param given absolute, links resolved
 * @throws TooManyEntriesError
 */
export async function listFolder(given: string): Promise<Listing> {
  const walk = new Walk(given);
  await walk.enter('', 0);
  const { root, paths, leftOut } = checkpointFiles([...walk.files.keys()]);
  return {
    root: path.join(given, root),
    inside: root,
    files: new Map(paths.map((file) => [pathInside(root, file), walk.files.get(file)!])),
    leftOut: [...leftOut, ...walk.junk].sort(),
    barred: walk.barred,
  };
}

class Walk {
  readonly files = new Map<string, number>();
  readonly junk: string[] = [];
  readonly barred: Barred[] = [];
  readonly #root: string;
  #entries = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async enter(at: string, depth: number): Promise<void> {
    for (const entry of await readdir(path.join(this.#root, at), { withFileTypes: true })) {
      this.#entries += 1;
      if (this.#entries > MOST_ENTRIES) throw new TooManyEntriesError();
      await this.#take(entry, at === '' ? entry.name : `${at}/${entry.name}`, depth);
    }
  }

  async #take(entry: Dirent, file: string, depth: number): Promise<void> {
    // what only files are called says nothing of a folder
    if (entry.isDirectory() ? isLitter(entry.name) : isJunk(file))
      this.junk.push(entry.isDirectory() ? `${file}/` : file);
    else if (entry.isDirectory() && depth < DEEPEST) await this.enter(file, depth + 1);
    else if (entry.isFile()) this.files.set(file, (await stat(path.join(this.#root, file))).size);
    else if (entry.isSymbolicLink()) await this.#follow(file);
    else this.barred.push({ path: file, why: entry.isDirectory() ? 'too deep' : 'special' });
  }

  async #follow(file: string): Promise<void> {
    const target = await followLink(this.#root, path.join(this.#root, file));
    if (typeof target === 'string') this.barred.push({ path: file, why: target });
    else this.files.set(file, target.size);
  }
}
