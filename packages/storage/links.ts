import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** What huggingface_hub calls a repository's folder in its cache: models--<owner>--<name>. */
const REPOSITORY = /^(?:models|datasets|spaces)--(.+)$/;

/** Why a link is not followed. */
export type Unfollowed = 'broken' | 'circle' | 'outside' | 'not a file';

/**
 * What a link leads to, where it may be followed: to a file of the folder that was given, or, in a Hugging Face cache, of the same
 * repository. Else why not.
 *
 * @param root the folder that was given, absolute and without links.
 * @param at the link's absolute path; the folder that it stands in is without links.
 */
export async function followLink(root: string, at: string): Promise<Stats | Unfollowed> {
  const target = await realpath(at).catch(() => null);
  if (target === null) return 'broken';
  // A copy of what it leads to would have no end.
  if (at.startsWith(target + path.sep)) return 'circle';
  const cache = cacheFolderOf(path.dirname(at));
  const bounds = [root, ...(cache ? [path.join(cache.dir, 'blobs')] : [])];
  if (!bounds.some((dir) => target.startsWith(dir + path.sep))) return 'outside';
  const status = await stat(target);
  return status.isFile() ? status : 'not a file';
}

/**
 * The repository's folder in a Hugging Face cache that a folder belongs to, and its name on the hub where it is known: its snapshots
 * are folders of links into its blobs.
 */
export function cacheFolderOf(folder: string): { dir: string; repository: string | null } | null {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    const dir = path.basename(at) === 'snapshots' ? path.dirname(at) : at;
    const repository = REPOSITORY.exec(path.basename(dir))?.[1]?.replace('--', '/') ?? null;
    if (dir !== at || repository !== null) return { dir, repository };
  }
  return null;
}
