import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { checkpointSha256, hashFiles } from '@gdbench/storage/identity';
import { type Listing, listFolder, MOST_ENTRIES, TooManyEntriesError } from '@gdbench/storage/list-folder';
import { clashesOf, clashMisfit, countMisfit, MAX_FILES, pathMisfit, totalMisfit } from '@gdbench/storage/manifest';
import { printable } from '@gdbench/storage/printable';
import { command, type FolderName, folderCalled, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { barredFault } from './barred.ts';
import { disguiseOf } from './content.ts';
import { CheckpointFault, type Fault, type FaultParts, Faults, faultOf } from './fault.ts';
import { missingFile, unfinishedFault } from './missing.ts';
import { unfinished } from './packed.ts';

/** A checkpoint's regular files. A path that is listed does not lead out of the folder, or of the Hugging Face cache that it is of. */
export interface Folder {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Path inside the folder (forward slashes) -> size in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** What the folder is called in the commands that mend it. */
  readonly name: FolderName;
  /** Where in the folder that was given the checkpoint lies; '' where it is that folder itself. */
  readonly inside: string;
  /** Paths in the folder that was given which are no part of the checkpoint. */
  readonly leftOut: readonly string[];
}

/** Configurations are kilobytes and vocabularies a few megabytes; more is not read into memory. */
const LARGEST_TEXT = 128 * 2 ** 20;

/**
 * Finds the checkpoint in a folder and lists its files (checkpointFiles): junk is no part of it, and it may lie one folder deeper.
 *
 * @param name what the folder is called in commands; default: its own name.
 * @throws CheckpointFault with all that is wrong: no file, links that lead out, devices, paths that may not stand, too many files.
 */
export async function openFolder(dir: string, name?: FolderName): Promise<Folder> {
  const { folder, faults } = await lookInto(dir, name);
  const found = new Faults();
  found.add(...faults);
  found.settle();
  return folder;
}

/** As openFolder, with the faults told and what they are of left out, so that faults of the other files can be told with them. */
export async function lookInto(
  dir: string,
  called: FolderName = folderCalled(path.basename(path.resolve(dir))),
): Promise<{ folder: Folder; faults: readonly Fault[] }> {
  const given = await realpath(dir);
  const outer = withName(called);
  const { root, inside, files: listed, leftOut, barred } = await listingOf(given, outer);
  const faults = barred.map((one) => barredFault(one, given, outer));
  const files = new Map<string, number>();
  for (const [file, size] of listed) {
    const wrong = pathMisfit(file);
    if (wrong) faults.push(faultOf({ ...wrong, file: printable(file, 80), gravity: 'file' }));
    else files.set(file, size);
  }
  const paths = [...files.keys()];
  for (const { at, beside, kind } of clashesOf(paths))
    faults.push(faultOf({ ...clashMisfit(kind, paths[beside]!), file: paths[at]!, gravity: 'file' }));
  const name = inside === '' ? outer : { ...outer, path: path.posix.join(outer.path, inside) };
  const folder: Folder = { root, files, name, inside, leftOut };
  if (listed.size > MAX_FILES)
    faults.push(faultOf({ file: '', ...countMisfit([...listed.keys()], name), gravity: 'kind' }));
  const tooMany = totalMisfit(files.values());
  if (tooMany) faults.push(faultOf({ file: '', ...tooMany, gravity: 'kind' }));
  if (listed.size === 0 && faults.length === 0) faults.push(emptyFault(folder));
  return { folder, faults };
}

/** @throws CheckpointFault where the folder is too large to be a checkpoint. */
function listingOf(given: string, name: FolderName): Promise<Listing> {
  return listFolder(given).catch((error) => {
    throw error instanceof TooManyEntriesError ? new CheckpointFault(tooLarge(name)) : error;
  });
}

/** A path to the folder that ends with its name, so that one for what stands beside it can be made of it. */
function withName(called: FolderName): FolderName {
  const plain = called.path.replace(/(.)\/+$/, '$1');
  return { ...called, path: /(^|\/)\.{0,2}$/.test(plain) ? path.resolve(plain) : plain };
}

function emptyFault(folder: Folder): Fault {
  const { leftOut, name } = folder;
  const [part] = unfinished(folder);
  if (part) {
    const found = `is empty but for ${printable(part.file, 80)}, a download that did not end`;
    const mend = remedy`download the whole model: ${command`hf download OWNER/MODEL --local-dir ${argument(name)}`}`;
    return faultOf({ file: '', found, expected: 'an exported model', remedy: mend, gravity: 'kind' });
  }
  const [first, ...more] = leftOut;
  const but =
    first === undefined ? '' : ` but for ${printable(first, 80)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const mend = remedy`give the folder of an exported model instead of ${argument(name)}`;
  return faultOf({ file: '', found: `is empty${but}`, expected: 'an exported model', remedy: mend, gravity: 'kind' });
}

function tooLarge(name: FolderName): FaultParts {
  const mend = remedy`give the folder of one checkpoint instead of ${argument(name)}`;
  const found = `holds more than ${MOST_ENTRIES.toLocaleString('en')} files and folders`;
  return { file: '', found, expected: 'the folder of one checkpoint', remedy: mend, gravity: 'kind' };
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
  const refuse = (found: string, asked: string, mend: string | Remedy) =>
    new CheckpointFault({ file, found, expected: asked, remedy: mend, gravity: 'file' });
  if (size > LARGEST_TEXT) {
    const most = `${expected} of at most ${LARGEST_TEXT.toLocaleString('en')} bytes`;
    throw refuse(`has ${size.toLocaleString('en')} bytes`, most, 'take it from an export of the model');
  }
  const bytes = await readFile(at);
  const disguise = disguiseOf(bytes, { file, dir: folder.name });
  if (disguise) throw refuse(disguise.found, expected, disguise.remedy);
  const on = argument(folder.name, `/${file}`);
  const recode = (from: string) =>
    remedy`save it as UTF-8: ${command`iconv -f ${from} -t UTF-8 ${on} > ${on}.new && mv ${on}.new ${on}`}`;
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
