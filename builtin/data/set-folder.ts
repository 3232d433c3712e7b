import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TaskName } from '@gdbench/benchmark/task';
import { packsJpegAsMeant } from './jpeg.ts';
import { SIDE } from './raycast.ts';
import { DATA_VERSIONS, SET_NAME, SET_SEED, SET_SHA256, SET_VERSION } from './version.ts';

/**
 * What a finished set says of itself: its tasks as their reader counts them, and its files without this one. `sha256`
 * covers texts and pixels, not the compression of images.
 */
export type Manifest = {
  name: string;
  version: string;
  seed: number;
  side: number;
  tasks: Partial<Record<TaskName, { examples: number; images: number }>>;
  files: number;
  sha256: string;
};

/** Those whose images are JPEG files. */
const JPEG_TASKS = new Set<string>(['imagecode', 'imagecode_video'] satisfies TaskName[]);
export const HEAD = { name: SET_NAME, version: SET_VERSION, seed: SET_SEED, side: SIDE };
export const toText = (manifest: object): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** What the manifest says until the set is complete. */
export async function announcement(): Promise<object> {
  const isMeant = await packsJpegAsMeant();
  const known = Object.entries(DATA_VERSIONS).filter(([task]) => isMeant || !JPEG_TASKS.has(task));
  return { ...HEAD, dataVersions: Object.fromEntries(known) };
}

/** Puts a file into its place, whole from the start. */
export type Write = (file: string, content: string | Uint8Array) => Promise<void>;

/** Does some work with a folder for drafts beside the set's, so that nobody reads half of a file; it goes at the end. */
export async function withDraft<T>(root: string, work: (write: Write) => Promise<T>): Promise<T> {
  await mkdir(path.dirname(root), { recursive: true });
  const draft = await mkdtemp(`${root}.draft-`);
  const removeDraft = () => rmSync(draft, { recursive: true, force: true });
  process.on('exit', removeDraft);
  try {
    return await work(writerInto(root, draft));
  } finally {
    // Where drawing failed, a file may still be on its way to the disk.
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', removeDraft);
  }
}

/** Writes a file into the draft's folder and moves it to its place. */
function writerInto(root: string, draft: string): Write {
  const folders = new Map<string, Promise<unknown>>();
  let count = 0;
  return async (file, content) => {
    count += 1;
    const [from, to] = [path.join(draft, String(count)), path.join(root, file)];
    const folder = path.dirname(to);
    const made = folders.get(folder) ?? mkdir(folder, { recursive: true });
    folders.set(folder, made);
    await made;
    await writeFile(from, content);
    await rename(from, to);
  };
}

/** Removes what another version, or another state of this one, had left below these folders of the set; default: everywhere. */
export async function removeOthers(root: string, files: readonly string[], folders = ['.']): Promise<void> {
  const ours = new Set(files.map((file) => path.join(root, file)));
  for (const folder of folders)
    for (const file of await filesBelow(path.join(root, folder))) if (!ours.has(file)) await rm(file, { force: true });
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The manifest of a complete set of this version; null for anything else. */
export async function completeSet(root: string): Promise<Manifest | null> {
  const manifest = await readManifest(root);
  if (!manifest || manifest.version !== SET_VERSION || manifest.seed !== SET_SEED || manifest.sha256 !== SET_SHA256)
    return null;
  return (await filesBelow(root)).length === (manifest.files ?? 0) + 1 ? (manifest as Manifest) : null;
}

/** @throws when the folder holds something that is not a built-in set. */
export async function requireOwn(root: string): Promise<void> {
  const isOther = existsSync(root) && (await readdir(root)).length > 0 && (await readManifest(root)) === null;
  if (isOther)
    throw new Error(`${root} is not empty and holds no built-in data set: choose another folder or empty this one.`);
}

/** What the manifest of a built-in set says, complete or not; null where there is none. */
export async function readManifest(root: string): Promise<Partial<Manifest> | null> {
  try {
    const value = JSON.parse(await readFile(path.join(root, 'manifest.json'), 'utf8')) as Partial<Manifest>;
    return value.name === SET_NAME ? value : null;
  } catch {
    return null;
  }
}
