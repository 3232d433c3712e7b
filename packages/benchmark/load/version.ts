import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import type { FileState } from './files.ts';
import type { NamedImage } from './images.ts';
import type { Metadata, OfficialTask } from './official-task.ts';
import { taskFolder } from './readers.ts';

/** A file that changed so shortly ago could change again and keep its stamp; its version is not kept. */
const SETTLED_MS = 200;
/** An image of at most so many bytes is read whole, some of them at once; a larger one in pieces of so many bytes. */
const SMALL = 1 << 20;
const READ_AHEAD = 16;

/** The last version of each root and task: images are read again only when one has changed. */
const versions = new Map<string, { readonly state: string; readonly version: Promise<string> }>();

/**
 * Identity of a task's data: the first 16 hex digits of a sha256 over the metadata files and the images in order, each as
 * path, size and bytes. Equal on every machine and wherever the root stands. An image at fault counts as its path and kind of
 * fault, so that data without it have a version of their own.
 */
export function dataVersion(
  root: string,
  task: TaskName,
  metadata: readonly Metadata[],
  images: readonly NamedImage[],
): Promise<string> {
  const head = createHash('sha256');
  for (const { path, bytes } of metadata) head.update(`${path}\0${bytes.length}\0`).update(bytes);
  const stamps = createHash('sha256');
  for (const { path, state } of images) stamps.update(`${path}\0${stampOf(state)}\0`);
  const state = `${head.copy().digest('hex')} ${stamps.digest('hex')}`;

  const key = `${root}\0${task}`;
  const known = versions.get(key);
  if (known?.state === state) return known.version;
  const version = hashImages(root, head, images);
  const settled = Date.now() - SETTLED_MS;
  if (images.every(({ state }) => state.kind !== 'present' || state.changedAt < settled)) {
    versions.set(key, { state, version });
    version.catch(() => versions.delete(key));
  }
  return version;
}

function stampOf(state: FileState): string {
  return state.kind === 'present' ? state.stamp : state.kind;
}

async function hashImages(root: string, hash: ReturnType<typeof createHash>, images: readonly NamedImage[]) {
  for (let at = 0; at < images.length; at += READ_AHEAD) {
    const next = images.slice(at, at + READ_AHEAD);
    const contents = await Promise.all(
      next.map(({ path, state }) => (isSmall(state) ? readFile(join(root, path)) : null)),
    );
    for (const [i, { path, state }] of next.entries()) {
      if (state.kind !== 'present') {
        hash.update(`${path}\0${state.kind}\0`);
        continue;
      }
      hash.update(`${path}\0${state.bytes}\0`);
      const content = contents[i];
      if (content) hash.update(content);
      else for await (const chunk of createReadStream(join(root, path), { highWaterMark: SMALL })) hash.update(chunk);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function isSmall(state: FileState): boolean {
  return state.kind === 'present' && state.bytes <= SMALL;
}

/** The data version of what was read. @throws DataError where a file cannot be read any more */
export async function versionOf(
  root: string,
  task: TaskName,
  { metadata }: OfficialTask,
  images: readonly NamedImage[],
): Promise<string> {
  try {
    return await dataVersion(root, task, metadata, images);
  } catch (error) {
    // stat answered, reading did not: gone meanwhile, or a fault of the disk
    const { path = root, code = 'unknown fault' } = error as NodeJS.ErrnoException;
    const image = images.find((one) => join(root, one.path) === path)?.path ?? `${taskFolder(task)}/`;
    throw new DataError(task, image, 'contents', `cannot be read (${code})`);
  }
}
