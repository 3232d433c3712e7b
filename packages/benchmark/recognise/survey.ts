import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftover } from '@gdbench/file-names/leftover';

/** What lies below a folder, whatever it is: by the path of each folder ('' for the top), the names of its files and folders. */
export type Survey = ReadonlyMap<string, { readonly files: readonly string[]; readonly folders: readonly string[] }>;

/** Data that were unpacked one folder too deep, or twice so, are still found. */
const DEEPEST = 6;
const MOST_NAMES = 300_000;

/** Reads names only; what cannot be read, or lies too deep, is passed over, for this only helps to say what is wrong. */
export async function survey(root: string): Promise<Survey> {
  const found = new Map<string, { files: string[]; folders: string[] }>();
  const seen = new Set<string>();
  let left = MOST_NAMES;
  const waiting: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = waiting.shift(); next && left > 0; next = waiting.shift()) {
    const { path, depth } = next;
    const real = await realpath(join(root, path)).catch(() => null);
    // a link may lead back
    if (real === null || seen.has(real)) continue;
    seen.add(real);
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
    left -= entries.length;
    const own = { files: [] as string[], folders: [] as string[] };
    for (const entry of entries) {
      if (isLeftover(entry.name)) continue;
      const known = entry.isSymbolicLink() ? await stat(join(root, path, entry.name)).catch(() => null) : entry;
      if (known) (known.isDirectory() ? own.folders : own.files).push(entry.name);
    }
    found.set(path, own);
    if (depth < DEEPEST) for (const name of own.folders) waiting.push({ path: within(path, name), depth: depth + 1 });
  }
  return found;
}

export const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** The paths of all files, those nearest to the top first, as far as the function is asked for more. */
export function* filesOf(all: Survey): Generator<{ path: string; folder: string; name: string }> {
  for (const [folder, { files }] of all) for (const name of files) yield { path: within(folder, name), folder, name };
}

/** The folder that the path means but for letter case; null where there is none. */
export function folderLike(all: Survey, path: string): string | null {
  if (all.has(path)) return path;
  const wanted = path.toLowerCase();
  return [...all.keys()].find((folder) => folder.toLowerCase() === wanted) ?? null;
}
