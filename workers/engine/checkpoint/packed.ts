import { open } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';
import { quoted } from '@gdbench/benchmark/shell';
import { type Command, command, type FolderName, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';

/*
 * Archives, packed files and downloads that did not end, in the place of what they should have become.
 */

/** The parts of a Folder that say what lies in it. */
export interface Listed {
  readonly files: ReadonlyMap<string, number>;
  /** Paths in the folder that was given which are no part of the checkpoint, and where in that folder it lies. */
  readonly leftOut: readonly string[];
  readonly inside: string;
  readonly name: FolderName;
}

/** What is packed, by the end of its name: archives of many files first, then what is one file. */
const FORMATS: readonly (readonly [name: RegExp, format: Format])[] = [
  [/\.zip$/i, 'zip'],
  [/\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$/i, 'tar'],
  [/\.7z$/i, '7z'],
  [/\.rar$/i, 'rar'],
  [/\.gz$/i, 'gz'],
  [/\.bz2$/i, 'bz2'],
  [/\.xz$/i, 'xz'],
  [/\.zst$/i, 'zst'],
];
export type Format = 'zip' | 'tar' | '7z' | 'rar' | 'gz' | 'bz2' | 'xz' | 'zst';
const SINGLE = { gz: 'gunzip', bz2: 'bunzip2', xz: 'unxz', zst: 'zstd -d --rm' } as const;

/** Names of browsers and other clients for what they have not yet got all of. */
const UNFINISHED = /\.(part|partial|crdownload|incomplete|download|opdownload|filepart|tmp|temp|aria2)$/i;
/** What a client keeps beside a file for as long as it has not got all of it; the file may have its full length by then. */
const BESIDE = ['.aria2', '.st'];

/** A file's format and its name without the ending; null where its name says nothing of the kind. */
export function packing(file: string): { readonly format: Format; readonly stem: string } | null {
  const known = FORMATS.find(([name]) => name.test(file));
  return known ? { format: known[1], stem: file.replace(known[0], '') } : null;
}

/** Whether a format holds files of any number and name. */
export const isArchive = (format: Format): boolean => !Object.hasOwn(SINGLE, format);

/** Where what is in an archive goes: to which folder inside the checkpoint, and whether without the folders that it has inside. */
interface Target {
  readonly into: string;
  readonly flat: boolean;
}

/** The command that unpacks a file. */
export function unpack(dir: FolderName, file: string, format: Format, target: Target): Command {
  return command`cd ${argument(dir)} && ${steps(file, format, target)}`;
}

function steps(file: string, format: Format, { into, flat }: Target): string {
  const [at, to] = [quoted(file), quoted(into)];
  switch (format) {
    case 'zip':
      return `unzip ${flat ? '-j ' : ''}${at}${into === '' ? '' : ` -d ${to}`}`;
    case 'tar':
      return `${into === '' ? '' : `mkdir -p ${to} && `}tar -xf ${at}${into === '' ? '' : ` -C ${to}`}${flat ? " --transform 's,.*/,,'" : ''}`;
    case '7z':
      return `7z ${flat ? 'e' : 'x'} ${at}${into === '' ? '' : ` -o${to}`}`;
    case 'rar':
      return `unrar ${flat ? 'e' : 'x'} ${at}${into === '' ? '' : ` ${quoted(`${into}/`)}`}`;
    default:
      return `${SINGLE[format]} ${at}`;
  }
}

/** The command for a packed file under the name of what is in it. */
export function unpackDisguised(dir: FolderName, file: string, format: Format): Command {
  const named = `${file}.${format}`;
  const moved = `mv ${quoted(file)} ${quoted(named)}`;
  return command`cd ${argument(dir)} && ${moved} && ${steps(named, format, { into: folderOf(file), flat: true })}`;
}

/** The folder of a path inside the checkpoint; '' for the checkpoint's own. */
const folderOf = (file: string): string => path.posix.dirname(file).replace(/^\.$/, '');

/** The first file of a zip or a tar, packed by gzip or not, whose first bytes these are; null where they do not tell. */
export function firstEntry(head: Uint8Array): string | null {
  const bytes = Buffer.from(head);
  if (bytes.toString('latin1', 0, 4) === 'PK\x03\x04')
    return bytes.toString('utf8', 30, 30 + (bytes.length >= 28 ? bytes.readUInt16LE(26) : 0)) || null;
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzipped(bytes) : bytes;
  if (plain.toString('latin1', 257, 262) !== 'ustar') return null;
  return plain.toString('utf8', 0, 100).replace(/\0.*$/s, '') || null;
}

function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 2 ** 24 });
  } catch {
    return Buffer.alloc(0);
  }
}

/** What lies there, not ready, in the place of a file or of a folder. */
export interface Unready {
  /** Words that go on after "is missing, though". */
  readonly found: string;
  readonly remedy: Remedy;
}

/** @param wanted a path inside the checkpoint; that of a folder ends with a slash. */
export function unready(folder: Listed, wanted: string): Unready | null {
  const { name: dir } = folder;
  const bare = wanted.replace(/\/$/, '');
  const packed = [...folder.files.keys()].find((file) => {
    const kind = packing(file);
    if (kind === null) return false;
    return kind.stem === bare || (isArchive(kind.format) && stemsOf(wanted).includes(kind.stem));
  });
  if (packed !== undefined) {
    const { format } = packing(packed)!;
    const into = wanted.endsWith('/') ? bare : folderOf(bare);
    const command = unpack(dir, packed, format, { into, flat: true });
    return { found: `${packed} is there`, remedy: remedy`unpack it: ${command}` };
  }
  const parts = unfinished(folder);
  const part = parts.find(({ of }) => of === bare) ?? parts.find(({ file }) => isNameless(file, folderOf(bare)));
  if (part === undefined) return null;
  return { found: `${part.file} is there, a download that did not end`, remedy: downloadAgain(dir, wanted) };
}

/** Chrome gives a download its own name at the end. */
const isNameless = (file: string, folder: string): boolean =>
  folderOf(file) === folder && /(^|\/)unconfirmed [^/]*\.crdownload$/i.test(file);

/** Names that an archive of a file may have, or of the folder that it lies in. */
function stemsOf(wanted: string): string[] {
  if (wanted.endsWith('/')) return [];
  const folder = folderOf(wanted);
  const ofFolder = folder === '' ? [] : [folder, `${folder}/${path.posix.basename(folder)}`];
  return [wanted.replace(/\.[^./]+$/, ''), ...ofFolder];
}

/** Downloads that did not end, with what each should have become. */
export function unfinished({ files, leftOut, inside }: Listed): { readonly file: string; readonly of: string }[] {
  const at = inside === '' ? '' : `${inside}/`;
  const left = leftOut.filter((file) => file.startsWith(at)).map((file) => file.slice(at.length));
  return [...files.keys(), ...left]
    .filter((file) => UNFINISHED.test(file))
    .map((file) => ({ file, of: file.replace(UNFINISHED, '') }));
}

export function downloadAgain(dir: FolderName, wanted: string): Remedy {
  const what = wanted.endsWith('/') ? `--include ${quoted(`${wanted}*`)}` : quoted(wanted);
  return remedy`download it again: ${command`hf download OWNER/MODEL ${what} --local-dir ${argument(dir)}`}`;
}

/** The file beside one of which not all is there yet, whatever its length. */
export function markOfUnfinished({ files }: Pick<Listed, 'files'>, file: string): string | undefined {
  return BESIDE.map((ending) => `${file}${ending}`).find((mark) => files.has(mark));
}

/** The longest end of a zip: its record, and a comment. */
const ZIP_END = 22 + 0xffff;
const SEVEN_ZIP_HEADER = 32;

/** Whether an archive's own end is missing, as far as its format tells that. @param at absolute path. */
export async function isCutShort(at: string, size: number, format: Format): Promise<boolean> {
  const handle = await open(at);
  const read = async (length: number, from: number) =>
    (await handle.read(Buffer.alloc(Math.min(length, size)), 0, Math.min(length, size), from)).buffer;
  try {
    if (format === 'zip')
      return !(await read(ZIP_END, Math.max(0, size - ZIP_END))).includes('PK\x05\x06', 0, 'latin1');
    if (format === 'xz') return (await read(2, Math.max(0, size - 2))).toString('latin1') !== 'YZ';
    if (format !== '7z' || size < SEVEN_ZIP_HEADER) return format === '7z';
    const header = await read(SEVEN_ZIP_HEADER, 0);
    return BigInt(SEVEN_ZIP_HEADER) + header.readBigUInt64LE(12) + header.readBigUInt64LE(20) > BigInt(size);
  } finally {
    await handle.close();
  }
}
