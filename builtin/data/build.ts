import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Arrived, arrivedMessage } from '@gdbench/benchmark/arrival';
import { listTasks } from '@gdbench/benchmark/load';
import type { TaskName } from '@gdbench/benchmark/task';
import { drawSet, type Progress } from './draw-set.ts';
import { packsJpegAsMeant } from './jpeg.ts';
import { SIDE } from './raycast.ts';
import { builtinDataRoot } from './root.ts';
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

export type BuildOptions = {
  onProgress?: (progress: Progress) => void;
  /** Told what can be read in `out` while the rest is drawn. */
  onArrived?: (arrived: Arrived) => void;
};

/** Whether a folder holds the built-in set of this version, with as many files as it should have. */
export async function isComplete(root: string): Promise<boolean> {
  return (await completeSet(root)) !== null;
}

/**
 * Draws the built-in set in GDBench's official layout into `out`. A complete set of this version is left as it is. The folder
 * fills while it is drawn, each file whole from the start; only the manifest of a complete set has its hash, so that an
 * interrupted build is begun anew. Several may draw into one folder at once.
 * @throws when `out` holds something that is not a built-in set.
 */
export async function buildData(out: string, options: BuildOptions = {}): Promise<Manifest> {
  const root = path.resolve(out);
  const present = await completeSet(root);
  if (present) return present;
  await requireOwn(root);
  const { onProgress = () => {}, onArrived = () => {} } = options;
  await mkdir(path.dirname(root), { recursive: true });
  const draft = await mkdtemp(`${root}.draft-`);
  const write = writerInto(root, draft);
  const removeDraft = () => rmSync(draft, { recursive: true, force: true });
  process.on('exit', removeDraft);
  try {
    await write('manifest.json', toText(await announcement()));
    const { files, sha256 } = await drawSet({
      seed: SET_SEED,
      write,
      onProgress,
      onExamples: () => onArrived('examples'),
      onTask: onArrived,
    });
    await removeOthers(root, [...files, 'manifest.json']);
    const manifest: Manifest = { ...HEAD, tasks: await countTasks(root), files: files.length, sha256 };
    await write('manifest.json', toText(manifest));
    return manifest;
  } finally {
    // Where drawing failed, a file may still be on its way to the disk.
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', removeDraft);
  }
}

/** Those whose images are JPEG files. */
const JPEG_TASKS = new Set<string>(['imagecode', 'imagecode_video'] satisfies TaskName[]);
const HEAD = { name: SET_NAME, version: SET_VERSION, seed: SET_SEED, side: SIDE };
const toText = (manifest: object): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** What the manifest says until the set is complete. */
async function announcement(): Promise<object> {
  const isMeant = await packsJpegAsMeant();
  const known = Object.entries(DATA_VERSIONS).filter(([task]) => isMeant || !JPEG_TASKS.has(task));
  return { ...HEAD, dataVersions: Object.fromEntries(known) };
}

/** Writes a file into the draft's folder and moves it to its place, so that nobody reads half of it. */
function writerInto(root: string, draft: string): (file: string, content: string | Uint8Array) => Promise<void> {
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

/** Removes what another version, or another state of this one, had left. */
async function removeOthers(root: string, files: readonly string[]): Promise<void> {
  const ours = new Set(files.map((file) => path.join(root, file)));
  for (const file of await filesBelow(root)) if (!ours.has(file)) await rm(file, { force: true });
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** @throws when a task cannot be run from what was drawn. */
async function countTasks(dir: string): Promise<Manifest['tasks']> {
  const listings = await listTasks(dir);
  const fault = listings.find(({ runnable }) => !runnable);
  if (fault) throw new Error(`the drawn set cannot serve ${fault.task}: ${fault.reason}`);
  return Object.fromEntries(listings.map(({ task, examples, images }) => [task, { examples, images: images.named }]));
}

/** The manifest of a complete set of this version; null for anything else. */
async function completeSet(root: string): Promise<Manifest | null> {
  const manifest = await readManifest(root);
  if (!manifest || manifest.version !== SET_VERSION || manifest.seed !== SET_SEED || manifest.sha256 !== SET_SHA256)
    return null;
  return (await filesBelow(root)).length === (manifest.files ?? 0) + 1 ? (manifest as Manifest) : null;
}

async function requireOwn(root: string): Promise<void> {
  const isOther = existsSync(root) && (await readdir(root)).length > 0 && (await readManifest(root)) === null;
  if (isOther)
    throw new Error(`${root} is not empty and holds no built-in data set: choose another folder or empty this one.`);
}

/** What the manifest of a built-in set says, complete or not; null where there is none. */
async function readManifest(root: string): Promise<Partial<Manifest> | null> {
  try {
    const value = JSON.parse(await readFile(path.join(root, 'manifest.json'), 'utf8')) as Partial<Manifest>;
    return value.name === SET_NAME ? value : null;
  } catch {
    return null;
  }
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
  // in order, so that no draft is left
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  const out = args[0] ?? builtinDataRoot();
  const started = Date.now();
  let drawn = 0;
  const manifest = await buildData(out, {
    onProgress: ({ done, total }) => {
      drawn = done;
      if (done === total || done % 500 === 0) console.log(`data: ${done} of ${total} images`);
    },
    // whoever started this process may want to read what is there
    onArrived: (arrived) => process.send?.(arrivedMessage(arrived)),
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
