import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { StoredFile } from './files-by-hash.ts';
import { requireSha256 } from './hash.ts';
import { checkManifestPath, MAX_FILES } from './manifest.ts';

/** Writes the content of a stored file to a new path. */
type Fetch = (sha256: string, path: string) => Promise<void>;

/** See Storage.materialise. */
export async function materialise(files: readonly StoredFile[], dir: string, fetch: Fetch): Promise<void> {
  requirePaths(files);
  if (await holdsExactly(dir, files)) return;
  const parent = dirname(resolve(dir));
  const temporary = join(parent, `.${basename(dir)}.${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    for (const { path, sha256 } of files) await place(temporary, path, sha256, fetch);
    await moveInto(temporary, dir, files);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function place(root: string, path: string, sha256: string, fetch: Fetch): Promise<void> {
  const target = resolve(root, path);
  // the paths were checked; this holds whatever the platform makes of them
  if (!target.startsWith(root + sep)) throw new Error(`The path ${JSON.stringify(path)} leaves the folder.`);
  await mkdir(dirname(target), { recursive: true });
  await fetch(sha256, target);
  await chmod(target, 0o444);
}

async function moveInto(temporary: string, dir: string, files: readonly StoredFile[]): Promise<void> {
  try {
    await rename(temporary, dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    if (await holdsExactly(dir, files)) return; // another process was first
    const old = `${temporary}.old`;
    await rename(dir, old);
    await rename(temporary, dir);
    await rm(old, { recursive: true, force: true });
  }
}

/** Whether the folder has these files and no others. It appeared by one rename, so that what is there is whole. */
async function holdsExactly(dir: string, files: readonly StoredFile[]): Promise<boolean> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries) return false;
  const present = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => (entry.isFile() ? relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/') : null));
  const wanted = new Set(files.map(({ path }) => path));
  return present.length === wanted.size && present.every((path) => path !== null && wanted.has(path));
}

function requirePaths(files: readonly StoredFile[]): void {
  if (files.length > MAX_FILES)
    throw new Error(`The checkpoint has ${files.length} files; at most ${MAX_FILES} are allowed.`);
  const seen = new Set<string>();
  for (const { path, sha256 } of files) {
    requireSha256(sha256);
    const fault = checkManifestPath(path);
    if (fault) throw new Error(fault);
    if (seen.has(path)) throw new Error(`The path ${JSON.stringify(path)} stands twice in the manifest.`);
    seen.add(path);
  }
  for (const path of seen)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      if (seen.has(path.slice(0, at)))
        throw new Error(`The path ${JSON.stringify(path.slice(0, at))} is both a file and a folder.`);
}
