import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Arrived, arrivedMessage } from '@gdbench/benchmark/arrival';
import { listTasks } from '@gdbench/benchmark/load';
import { drawSet, type Progress } from './draw-set.ts';
import { forgetParts } from './part.ts';
import { builtinDataRoot } from './root.ts';
import {
  announcement,
  completeSet,
  HEAD,
  type Manifest,
  removeOthers,
  requireOwn,
  toText,
  withDraft,
} from './set-folder.ts';
import { SET_SEED } from './version.ts';

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
  return withDraft(root, async (write) => {
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
    await forgetParts(root);
    return manifest;
  });
}

/** @throws when a task cannot be run from what was drawn. */
async function countTasks(dir: string): Promise<Manifest['tasks']> {
  const listings = await listTasks(dir);
  const fault = listings.find(({ runnable }) => !runnable);
  if (fault) throw new Error(`the drawn set cannot serve ${fault.task}: ${fault.reason}`);
  return Object.fromEntries(listings.map(({ task, examples, images }) => [task, { examples, images: images.named }]));
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
