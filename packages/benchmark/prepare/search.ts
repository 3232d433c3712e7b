import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isLeftover, isLitter } from '@gdbench/file-names/leftover';
import { byCodePoint } from '@gdbench/file-names/order';
import { type FileKind, fileKind, KIND_PHRASES, readHead } from '../load/file-kind.ts';
import { BOUNDS } from './bounds.ts';
import { type FoundFile, isImageName, type LeftOut } from './found.ts';
import { PrepareFault } from './prepare-fault.ts';
import type { Scratch } from './scratch.ts';
import { TarArchive } from './tar.ts';
import { ZipArchive } from './zip.ts';

/** All files of what was given, in folders and in archives at any depth, in the order of their paths. */
export interface Searched {
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
  /** Of tars: files that were taken out while they were listed. */
  readonly unpacked: ReadonlyMap<FoundFile, string>;
  close(): void;
}

/**
 * Looks through folders and files. Links are followed, each folder once; `except` is a folder that is not looked into. An
 * archive that cannot be read is left out, and why.
 */
export async function searchFiles(given: readonly string[], except: string, scratch: Scratch): Promise<Searched> {
  const search = new Search(await realpath(except).catch(() => resolve(except)), scratch);
  const names = new Set<string>();
  for (const place of given) await search.look(resolve(place), ownName(resolve(place), names), 0);
  search.files.sort((a, b) => byCodePoint(a.path, b.path));
  return search;
}

/** The last part of a path that was given, with a number where another has the same. */
function ownName(path: string, taken: Set<string>): string {
  const name = basename(path) || 'root';
  let own = name;
  for (let n = 2; taken.has(own); n++) own = `${name} (${n})`;
  taken.add(own);
  return own;
}

/** Names that tell an archive in an archive. */
const ARCHIVE_NAME = /\.(zip|tar|tgz|tar\.gz)$/i;
const ARCHIVES: Partial<Record<FileKind, 'zip' | 'tar'>> = { zip: 'zip', tar: 'tar', gzip: 'tar' };
/** Archives of other kinds than those that are read. */
const CLOSED: ReadonlySet<FileKind> = new Set(['7z', 'rar', 'xz', 'bzip2', 'zstd']);

class Search implements Searched {
  readonly files: FoundFile[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly unpacked = new Map<FoundFile, string>();
  readonly #except: string;
  readonly #scratch: Scratch;
  readonly #zips: ZipArchive[] = [];
  readonly #folders = new Set<string>();
  #entries = 0;

  constructor(except: string, scratch: Scratch) {
    this.#except = except;
    this.#scratch = scratch;
  }

  close(): void {
    for (const zip of this.#zips) zip.close();
  }

  /** @param depth archives around it. */
  async look(file: string, path: string, depth: number): Promise<void> {
    if (++this.#entries > BOUNDS.entries)
      throw new PrepareFault(path.split('/')[0]!, `holds more than ${BOUNDS.entries} files: give the data sets alone`);
    const found = await stat(file).catch(() => null);
    if (!found) return this.#leaveUnread(path, 'is a link to nowhere, or cannot be read');
    if (found.isDirectory()) return this.#lookInto(file, path, depth);
    if (!found.isFile()) return;
    const one: FoundFile = { path, size: found.size, place: { kind: 'disk', file } };
    if (isImageName(path)) return void this.files.push(one);
    const kind = fileKind(await readHead(file).catch(() => Buffer.alloc(0)));
    if (CLOSED.has(kind)) return this.#leaveUnread(path, 'is an archive that is not read here: unpack it');
    if (kind === 'lfs-pointer')
      return this.#leaveUnread(path, `is ${KIND_PHRASES[kind]}: run \`git lfs pull\` in its clone`);
    const archive = ARCHIVES[kind];
    if (archive !== undefined) return this.#open(archive, file, path, depth);
    if (ARCHIVE_NAME.test(path)) this.#leaveUnread(path, `is ${KIND_PHRASES[kind]} and no archive: download it again`);
    else this.files.push(one);
  }

  async #lookInto(folder: string, path: string, depth: number): Promise<void> {
    const real = await realpath(folder);
    // a link may lead back
    if (real === this.#except || this.#folders.has(real)) return;
    this.#folders.add(real);
    const names = await readdir(folder).catch((error) =>
      this.#leaveUnread(`${path}/`, `cannot be read (${error.code})`),
    );
    if (!names) return;
    names.sort(byCodePoint);
    // a Hugging Face cache has each file a second time, by its hash
    const isCache = names.includes('snapshots') && names.includes('blobs');
    for (const name of names) {
      if (isLeftover(name)) this.#leave(`${path}/${name}`, whyLeft(name));
      else if (!(isCache && name === 'blobs')) await this.look(join(folder, name), `${path}/${name}`, depth);
    }
  }

  async #open(kind: 'zip' | 'tar', file: string, path: string, depth: number): Promise<void> {
    if (depth >= BOUNDS.depth)
      return this.#leaveUnread(path, `is an archive within ${BOUNDS.depth} others: unpack the outermost`);
    try {
      if (kind === 'zip') await this.#openZip(file, path, depth + 1);
      else await this.#openTar(file, path, depth + 1);
    } catch (error) {
      if (!(error instanceof PrepareFault)) throw error;
      this.#leaveUnread(path, error.saidOf(path));
    }
  }

  async #openZip(file: string, path: string, depth: number): Promise<void> {
    const archive = await ZipArchive.open(file, path);
    this.#zips.push(archive);
    for (const entry of archive.entries) {
      const own = `${path}/${entry.fileName}`;
      if (this.#isLeftover(path, entry.fileName)) continue;
      const one: FoundFile = { path: own, size: entry.uncompressedSize, place: { kind: 'zip', archive, entry } };
      if (!ARCHIVE_NAME.test(entry.fileName)) this.#add(one);
      else await this.#openWithin(own, (to) => archive.unpack(entry, to, BOUNDS.largeBytes), depth);
    }
  }

  async #openTar(file: string, path: string, depth: number): Promise<void> {
    const early = new Map<number, string>();
    const archive = await TarArchive.open(file, path, ({ index, name, size }) => {
      // images are many and large; which of them are wanted is known only later
      if (isImageName(name) || leftoverIn(name) >= 0 || size > BOUNDS.metadataBytes) return null;
      early.set(index, this.#scratch.next());
      return early.get(index)!;
    });
    for (const { index, name, size } of archive.entries) {
      const own = `${path}/${name.replace(/^\.\//, '')}`;
      if (this.#isLeftover(path, name)) continue;
      const unpacked = early.get(index);
      const one: FoundFile = { path: own, size, place: { kind: 'tar', archive, index } };
      const take = (to: string) => archive.unpack(new Map([[index, to]]));
      if (!ARCHIVE_NAME.test(name)) this.#add(one);
      else if (unpacked === undefined) await this.#openWithin(own, take, depth);
      else await this.look(unpacked, own, depth);
      if (unpacked !== undefined) this.unpacked.set(one, unpacked);
    }
  }

  /** An archive in another: it is unpacked to be read. */
  async #openWithin(path: string, unpack: (to: string) => Promise<void>, depth: number): Promise<void> {
    const to = this.#scratch.next();
    await unpack(to);
    await this.look(to, path, depth);
  }

  #add(file: FoundFile): void {
    if (++this.#entries > BOUNDS.entries)
      throw new PrepareFault(file.path.split('/')[0]!, `holds more than ${BOUNDS.entries} files, as no data set does`);
    this.files.push(file);
  }

  /** Whether a file of an archive is one that systems leave behind; it is counted with its folder. */
  #isLeftover(archive: string, name: string): boolean {
    const parts = name.split('/');
    const at = leftoverIn(name);
    if (at < 0) return false;
    this.#leave(`${archive}/${parts.slice(0, at + 1).join('/')}`, whyLeft(parts[at]!));
    return true;
  }

  #leave(path: string, why: string): void {
    this.leftOut.push({ path, files: 1, why });
  }

  #leaveUnread(path: string, why: string): void {
    this.leftOut.push({ path, files: 1, why, isUnread: true });
  }
}

const whyLeft = (name: string): string =>
  isLitter(name) ? 'is what a system or a program left there' : 'is a download or a copy that was not finished';

/** Which part of a path is a leftover's name, from 0; -1: none. */
const leftoverIn = (path: string): number => path.split('/').findIndex((part) => part !== '.' && isLeftover(part));
