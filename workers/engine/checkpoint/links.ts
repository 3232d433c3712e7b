import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Fault, faultOf } from './fault.ts';
import { quoted } from './shell.ts';

/** What huggingface_hub calls a repository's folder in its cache: models--<owner>--<name>. */
const REPOSITORY = /^(?:models|datasets|spaces)--(.+)$/;

/**
 * What a link leads to, where it may be followed: to a file of the folder that was given, or, in a Hugging Face cache, of the same
 * repository. Else why not.
 *
 * @param root the folder that was given, absolute and without links.
 * @param at the link's absolute path; the folder that it stands in is without links.
 */
export async function followLink(root: string, at: string): Promise<Stats | 'broken' | 'outside'> {
  const target = await realpath(at).catch(() => null);
  if (target === null) return 'broken';
  const cache = cacheFolderOf(path.dirname(at));
  const bounds = [root, ...(cache ? [path.join(cache.dir, 'blobs')] : [])];
  if (!bounds.some((dir) => target.startsWith(dir + path.sep))) return 'outside';
  const status = await stat(target);
  return status.isFile() ? status : 'outside';
}

/**
 * The repository's folder in a Hugging Face cache that a folder belongs to, and its name on the hub where it is known: its snapshots
 * are folders of links into its blobs.
 */
function cacheFolderOf(folder: string): { dir: string; repository: string | null } | null {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    const dir = path.basename(at) === 'snapshots' ? path.dirname(at) : at;
    const repository = REPOSITORY.exec(path.basename(dir))?.[1]?.replace('--', '/') ?? null;
    if (dir !== at || repository !== null) return { dir, repository };
  }
  return null;
}

/** The fault of a link that is not followed. */
export function linkFault(file: string, why: 'broken' | 'outside', root: string, name: string): Fault {
  const repository = cacheFolderOf(root)?.repository;
  const download =
    repository &&
    `download it whole: \`hf download ${quoted(repository)} --local-dir ${quoted(path.posix.basename(repository))}\``;
  const copy = `copy the folder with what its links lead to: \`cp -rL ${quoted(name)} ${quoted(`${name}-copy`)}\``;
  return faultOf({
    file,
    found:
      why === 'broken' ? 'is a symbolic link to a file that is not there' : 'is a symbolic link that leaves the folder',
    expected: 'a file',
    remedy: download ?? (why === 'broken' ? 'add the file that it should lead to' : copy),
    gravity: 'file',
  });
}
