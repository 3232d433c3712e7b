import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { listTasks } from '@gdbench/benchmark/load';
import type { TaskName } from '@gdbench/benchmark/task';
import { drawSet, type Progress } from './draw-set.ts';
import { SIDE } from './raycast.ts';
import { builtinDataRoot } from './root.ts';
import { SET_NAME, SET_SEED, SET_SHA256, SET_VERSION } from './version.ts';

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

export type BuildOptions = { onProgress?: (progress: Progress) => void };

/** Whether a folder holds the built-in set of this version, with as many files as it should have. */
export async function isComplete(root: string): Promise<boolean> {
  const manifest = await readManifest(root);
  return manifest !== null && (await isWhole(root, manifest));
}

/**
 * Draws the built-in set in GDBench's official layout into `out`. A complete set of this version is left as it is; the
 * folder appears only when whole, so that an interrupted build leaves nothing half done.
 * @throws when `out` holds something that is not a built-in set.
 */
export async function buildData(out: string, options: BuildOptions = {}): Promise<Manifest> {
  const root = path.resolve(out);
  const present = await readManifest(root);
  if (present && (await isWhole(root, present))) return present;
  if (!present && existsSync(root) && (await readdir(root)).length > 0) {
    throw new Error(`${root} is not empty and holds no built-in data set: choose another folder or empty this one.`);
  }
  const draft = `${root}.draft-${process.pid}`;
  try {
    const manifest = await drawDraft(draft, options.onProgress ?? (() => {}));
    await moveInto(draft, root);
    return manifest;
  } finally {
    // Where drawing failed, a file may still be on its way to the disk.
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function moveInto(draft: string, root: string): Promise<void> {
  const old = `${draft}-old`;
  if (existsSync(root)) {
    // Another process may have finished the same set meanwhile: then its work stands.
    const present = await readManifest(root);
    if (present && (await isWhole(root, present))) return;
    await rename(root, old);
  }
  try {
    await rename(draft, root);
  } catch (error) {
    const present = await readManifest(root);
    if (!present || !(await isWhole(root, present))) throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function drawDraft(dir: string, onProgress: (p: Progress) => void): Promise<Manifest> {
  const { files, sha256 } = await drawSet(dir, SET_SEED, onProgress);
  const tasks = await countTasks(dir);
  const manifest: Manifest = { name: SET_NAME, version: SET_VERSION, seed: SET_SEED, side: SIDE, tasks, files, sha256 };
  await writeFile(path.join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @throws when a task cannot be run from what was drawn. */
async function countTasks(dir: string): Promise<Manifest['tasks']> {
  const listings = await listTasks(dir);
  const fault = listings.find(({ runnable }) => !runnable);
  if (fault) throw new Error(`the drawn set cannot serve ${fault.task}: ${fault.reason}`);
  return Object.fromEntries(listings.map(({ task, examples, images }) => [task, { examples, images: images.named }]));
}

async function readManifest(root: string): Promise<Manifest | null> {
  try {
    const value = JSON.parse(await readFile(path.join(root, 'manifest.json'), 'utf8')) as Partial<Manifest>;
    return value.name === SET_NAME && typeof value.files === 'number' ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

async function isWhole(root: string, { version, seed, sha256, files }: Manifest): Promise<boolean> {
  if (version !== SET_VERSION || seed !== SET_SEED || sha256 !== SET_SHA256) return false;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).length === files + 1;
}

const FAULTS: Record<string, string> = {
  ENOTDIR: 'a part of that path is a file; choose another folder',
  EACCES: 'this user may not write there; choose another folder or change its owner',
  EROFS: 'that disk is read-only; choose another folder',
  ENOSPC: 'the disk is full; free about 40 MB',
};

/** One sentence for a person: what went wrong where, and what to do. */
function explain(error: unknown): string {
  const { code, path: where, message } = error as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : FAULTS[code];
  return remedy === undefined ? message : `cannot write the data set to ${where}: ${remedy}.`;
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.length > 1 || args[0]?.startsWith('-')) {
    console.log(`Usage: npm run data:build -- [OUT]\nDraws the built-in data set (default ${builtinDataRoot()}).`);
    return args.includes('--help') ? 0 : 2;
  }
  const out = args[0] ?? builtinDataRoot();
  const started = Date.now();
  let drawn = 0;
  const manifest = await buildData(out, {
    onProgress: ({ done, total }) => {
      drawn = done;
      if (done === total || done % 500 === 0) console.log(`data: ${done} of ${total} images`);
    },
  });
  const how = drawn === 0 ? 'already complete' : `drawn in ${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(`data: ${manifest.name}-${manifest.version}, ${manifest.files} files, ${how}: ${path.resolve(out)}`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(`data:build: ${explain(error)}`);
      process.exitCode = 1;
    },
  );
}
