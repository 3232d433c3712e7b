import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CheckpointFault } from './fault.ts';

/** A checkpoint's regular files. No link is among them, so a listed path cannot lead out of the folder. */
export interface Folder {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Path inside the folder (forward slashes) -> size in bytes. */
  readonly files: ReadonlyMap<string, number>;
}

const MOST_FILES = 10_000;
const DEEPEST = 16;
/** Configurations are kilobytes and vocabularies a few megabytes; more is not read into memory. */
const LARGEST_TEXT = 128 * 2 ** 20;

/**
 * Lists a folder. Files and folders whose name starts with a dot (.git, .DS_Store, .cache) are no part of a checkpoint.
 *
 * @throws CheckpointFault for an empty folder, a link, a device, or too many files.
 */
export async function openFolder(dir: string): Promise<Folder> {
  const root = await realpath(dir);
  const files = new Map<string, number>();
  await walk(root, '', 0, files);
  if (files.size === 0)
    throw new CheckpointFault('', 'The folder is empty; give a folder that holds an exported model.');
  return { root, files };
}

async function walk(root: string, at: string, depth: number, files: Map<string, number>): Promise<void> {
  if (depth > DEEPEST) {
    throw new CheckpointFault(at, `${at} is nested more than ${DEEPEST} folders deep; flatten the checkpoint.`);
  }
  for (const entry of await readdir(path.join(root, at), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const name = at === '' ? entry.name : `${at}/${entry.name}`;
    if (entry.isSymbolicLink()) {
      throw new CheckpointFault(name, `${name} is a symbolic link; copy the file that it points to into the folder.`);
    }
    if (entry.isDirectory()) {
      await walk(root, name, depth + 1, files);
    } else if (entry.isFile()) {
      if (files.size >= MOST_FILES) {
        throw new CheckpointFault(
          '',
          `The folder holds more than ${MOST_FILES} files; give the folder of one checkpoint.`,
        );
      }
      files.set(name, (await stat(path.join(root, name))).size);
    } else {
      throw new CheckpointFault(name, `${name} is neither a file nor a folder; remove it.`);
    }
  }
}

/** Absolute path of a listed file. */
export function pathOf(folder: Folder, file: string): string {
  if (!folder.files.has(file)) throw new CheckpointFault(file, `${file} is missing; add it to the folder.`);
  return path.join(folder.root, file);
}

export async function readText(folder: Folder, file: string): Promise<string> {
  const at = pathOf(folder, file);
  const size = folder.files.get(file) ?? 0;
  if (size > LARGEST_TEXT) {
    throw new CheckpointFault(file, `${file} has ${size} bytes, more than the ${LARGEST_TEXT} a text file may have.`);
  }
  return await readFile(at, 'utf8');
}

/**
 * Identity of a checkpoint: sha256 over the lines `path NUL sha256-of-file LF`, sorted by path in code-unit order.
 *
 * @param files path inside the folder -> sha256 of the file's bytes, in hex.
 */
export function checkpointSha256(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const file of [...files.keys()].sort()) hash.update(`${file}\0${files.get(file)}\n`);
  return hash.digest('hex');
}

export async function hashFolder(folder: Folder): Promise<string> {
  const hashes = new Map<string, string>();
  for (const file of folder.files.keys()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path.join(folder.root, file)), hash);
    hashes.set(file, hash.digest('hex'));
  }
  return checkpointSha256(hashes);
}
