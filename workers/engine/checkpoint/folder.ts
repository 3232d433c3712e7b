import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { quoted } from '@gdbench/benchmark/shell';
import { checkpointFiles, pathInside } from '@gdbench/storage/checkpoint-files';
import { checkpointSha256, hashFiles } from '@gdbench/storage/identity';
import { isJunk } from '@gdbench/storage/junk';
import { countMisfit, MAX_FILES, pathMisfit } from '@gdbench/storage/manifest';
import { printable } from '@gdbench/storage/printable';
import { disguiseOf } from './content.ts';
import { CheckpointFault, type Fault, type FaultParts, Faults, faultOf } from './fault.ts';
import { followLink, linkFault } from './links.ts';
import { missingFile, unfinishedFault } from './missing.ts';
import { unfinished } from './packed.ts';

/** A checkpoint's regular files. A path that is listed does not lead out of the folder, or of the Hugging Face cache that it is of. */
export interface Folder {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Path inside the folder (forward slashes) -> size in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** What the folder is called in the commands that mend it. */
  readonly name: string;
  /** Where in the folder that was given the checkpoint lies; '' where it is that folder itself. */
  readonly inside: string;
  /** Paths in the folder that was given which are no part of the checkpoint. */
  readonly leftOut: readonly string[];
}

/** Entries of a folder that are looked at, whatever they are. */
const MOST_ENTRIES = 20_000;
const DEEPEST = 32;
/** Configurations are kilobytes and vocabularies a few megabytes; more is not read into memory. */
const LARGEST_TEXT = 128 * 2 ** 20;

/**
 * Finds the checkpoint in a folder and lists its files (checkpointFiles): junk is no part of it, and it may lie one folder deeper.
 *
 * @param name what the folder is called in commands; default: its own name.
 * @throws CheckpointFault with all that is wrong: no file, links that lead out, devices, paths that may not stand, too many files.
 */
export async function openFolder(dir: string, name?: string): Promise<Folder> {
  const { folder, faults } = await lookInto(dir, name);
  const found = new Faults();
  found.add(...faults);
  found.settle();
  return folder;
}

/** As openFolder, with the faults told and what they are of left out, so that faults of the other files can be told with them. */
export async function lookInto(
  dir: string,
  called: string = path.basename(path.resolve(dir)),
): Promise<{ folder: Folder; faults: readonly Fault[] }> {
  const given = await realpath(dir);
  const name = withName(called);
  const walk = new Walk(given, name);
  await walk.enter('', 0);
  const { root, paths, leftOut } = checkpointFiles([...walk.files.keys()]);
  const files = new Map<string, number>();
  const faults = [...walk.faults];
  for (const file of paths) {
    const inside = pathInside(root, file);
    const wrong = pathMisfit(inside);
    if (wrong) faults.push(faultOf({ ...wrong, file: printable(inside, 80), gravity: 'file' }));
    else files.set(inside, walk.files.get(file)!);
  }
  const folder: Folder = {
    root: path.join(given, root),
    files,
    name: root === '' ? name : path.posix.join(name, root),
    inside: root,
    leftOut: [...leftOut, ...walk.junk].sort(),
  };
  if (paths.length > MAX_FILES) faults.push(faultOf({ file: '', ...countMisfit(paths, folder.name), gravity: 'kind' }));
  if (paths.length === 0 && faults.length === 0) faults.push(emptyFault(folder));
  return { folder, faults };
}

/** A path to the folder that ends with its name, so that one for what stands beside it can be made of it. */
function withName(called: string): string {
  const plain = called.replace(/(.)\/+$/, '$1');
  return /(^|\/)\.{0,2}$/.test(plain) ? path.resolve(plain) : plain;
}

function emptyFault(folder: Folder): Fault {
  const { leftOut, name } = folder;
  const [part] = unfinished(folder);
  if (part) {
    const found = `is empty but for ${printable(part.file, 80)}, a download that did not end`;
    const remedy = `download the whole model: \`hf download OWNER/MODEL --local-dir ${quoted(name)}\``;
    return faultOf({ file: '', found, expected: 'an exported model', remedy, gravity: 'kind' });
  }
  const [first, ...more] = leftOut;
  const but =
    first === undefined ? '' : ` but for ${printable(first, 80)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const remedy = `give the folder of an exported model instead of ${quoted(name)}`;
  return faultOf({ file: '', found: `is empty${but}`, expected: 'an exported model', remedy, gravity: 'kind' });
}

function tooLarge(name: string): FaultParts {
  const remedy = `give the folder of one checkpoint instead of ${quoted(name)}`;
  const found = `holds more than ${MOST_ENTRIES.toLocaleString('en')} files and folders`;
  return { file: '', found, expected: 'the folder of one checkpoint', remedy, gravity: 'kind' };
}

/** The files of a folder and what may not lie in it. */
class Walk {
  readonly files = new Map<string, number>();
  readonly junk: string[] = [];
  readonly faults: Fault[] = [];
  readonly #root: string;
  readonly #name: string;
  #entries = 0;

  constructor(root: string, name: string) {
    this.#root = root;
    this.#name = name;
  }

  async enter(at: string, depth: number): Promise<void> {
    for (const entry of await readdir(path.join(this.#root, at), { withFileTypes: true })) {
      this.#entries += 1;
      if (this.#entries > MOST_ENTRIES) throw new CheckpointFault(tooLarge(this.#name));
      await this.#take(entry, at === '' ? entry.name : `${at}/${entry.name}`, depth);
    }
  }

  async #take(entry: Dirent, file: string, depth: number): Promise<void> {
    if (isJunk(file)) this.junk.push(entry.isDirectory() ? `${file}/` : file);
    else if (entry.isDirectory() && depth < DEEPEST) await this.enter(file, depth + 1);
    else if (entry.isFile()) this.files.set(file, (await stat(path.join(this.#root, file))).size);
    else if (entry.isSymbolicLink()) await this.#follow(file);
    else
      this.#refuse(
        file,
        entry.isDirectory() ? `is more than ${DEEPEST} folders deep` : 'is a device, a socket or a pipe',
      );
  }

  async #follow(file: string): Promise<void> {
    const target = await followLink(this.#root, path.join(this.#root, file));
    if (typeof target === 'string') this.faults.push(linkFault(file, target, this.#root, this.#name));
    else this.files.set(file, target.size);
  }

  #refuse(file: string, found: string): void {
    const remedy = `remove it: \`rm -r ${quoted(`${this.#name}/${file}`)}\``;
    this.faults.push(faultOf({ file: printable(file, 200), found, expected: 'a file', remedy, gravity: 'file' }));
  }
}

/** Absolute path of a listed file. @throws CheckpointFault that says what is there instead. */
export function pathOf(folder: Folder, file: string): string {
  if (!folder.files.has(file)) throw missingFile(folder, file);
  const fault = unfinishedFault(folder, file);
  if (fault) throw new CheckpointFault([fault]);
  return path.join(folder.root, file);
}

/**
 * A text file of the checkpoint, without a byte order mark.
 *
 * @param expected what the file should be, as a noun.
 * @throws CheckpointFault when it is missing, too large, something else than text, or not in UTF-8.
 */
export async function readText(folder: Folder, file: string, expected = 'a text file'): Promise<string> {
  const at = pathOf(folder, file);
  const size = folder.files.get(file) ?? 0;
  const refuse = (found: string, asked: string, remedy: string) =>
    new CheckpointFault({ file, found, expected: asked, remedy, gravity: 'file' });
  if (size > LARGEST_TEXT) {
    const most = `${expected} of at most ${LARGEST_TEXT.toLocaleString('en')} bytes`;
    throw refuse(`has ${size.toLocaleString('en')} bytes`, most, 'take it from an export of the model');
  }
  const bytes = await readFile(at);
  const disguise = disguiseOf(bytes, { file, dir: folder.name });
  if (disguise) throw refuse(disguise.found, expected, disguise.remedy);
  const on = quoted(`${folder.name}/${file}`);
  const recode = (from: string) =>
    `save it as UTF-8: \`iconv -f ${from} -t UTF-8 ${on} > ${on}.new && mv ${on}.new ${on}\``;
  const wide = wideEncodingOf(bytes);
  if (wide) throw refuse(`is text in ${wide}`, `${expected} in UTF-8`, recode(wide));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('holds bytes that are no UTF-8', `${expected} in UTF-8`, recode('WINDOWS-1252'));
  }
}

/** The encoding of a text whose characters take two or four bytes; null: not of this kind. */
function wideEncodingOf(bytes: Uint8Array): string | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && bytes.length > 4 ? 'UTF-32' : 'UTF-16';
  if (a === 0xfe && b === 0xff) return 'UTF-16';
  if (a === 0 && b === 0) return 'UTF-32BE';
  if (b === 0) return c === 0 ? 'UTF-32LE' : 'UTF-16LE';
  return a === 0 ? 'UTF-16BE' : null;
}

/** Identity of a checkpoint: checkpointSha256 of its files. */
export async function hashFolder({ root, files }: Folder): Promise<string> {
  return checkpointSha256(await hashFiles(root, files.keys()));
}
