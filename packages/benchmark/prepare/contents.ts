import { open, readFile, rm } from 'node:fs/promises';
import { BOUNDS } from './bounds.ts';
import type { FoundFile } from './found.ts';
import { PrepareFault } from './prepare-fault.ts';
import type { Scratch } from './scratch.ts';
import type { TarArchive } from './tar.ts';

/** The bytes of files that were found; those of archives are unpacked once, when they are asked for. */
export class Contents {
  readonly #scratch: Scratch;
  readonly #unpacked: Map<FoundFile, string>;

  /** @param unpacked files of archives that are unpacked already, and where. */
  constructor(scratch: Scratch, unpacked: ReadonlyMap<FoundFile, string>) {
    this.#scratch = scratch;
    this.#unpacked = new Map(unpacked);
  }

  /** Files on the disk with the contents of these, in their order. @throws PrepareFault */
  async onDisk(files: readonly FoundFile[], mostBytes: number = BOUNDS.imageBytes): Promise<string[]> {
    const waiting = new Map<TarArchive, Map<number, string>>();
    for (const file of new Set(files)) {
      const { place } = file;
      if (place.kind === 'disk' || this.#unpacked.has(file)) continue;
      if (file.size > mostBytes) throw new PrepareFault(file.path, 'is larger than any such file of a data set');
      const to = this.#scratch.next();
      if (place.kind === 'zip') await place.archive.unpack(place.entry, to, mostBytes);
      else waiting.set(place.archive, (waiting.get(place.archive) ?? new Map()).set(place.index, to));
      this.#unpacked.set(file, to);
    }
    for (const [archive, places] of waiting) await archive.unpack(places);
    return files.map((file) => (file.place.kind === 'disk' ? file.place.file : this.#unpacked.get(file)!));
  }

  /** A whole file; of metadata. @throws PrepareFault */
  async read(file: FoundFile): Promise<Buffer> {
    if (file.size > BOUNDS.metadataBytes)
      throw new PrepareFault(file.path, 'is larger than 256 MiB, as no metadata of a data set are');
    const [at] = await this.onDisk([file], BOUNDS.metadataBytes);
    return readFile(at!);
  }

  /** A file's first bytes, at most so many. @throws PrepareFault */
  async head(file: FoundFile, bytes: number): Promise<Buffer> {
    const { place } = file;
    if (place.kind === 'zip' && !this.#unpacked.has(file)) return place.archive.head(place.entry, bytes);
    const [at] = await this.onDisk([file], BOUNDS.metadataBytes);
    const handle = await open(at!);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  /** Makes room: what was unpacked of these can be unpacked again. */
  async forget(files: readonly FoundFile[]): Promise<void> {
    for (const file of files) {
      const at = this.#unpacked.get(file);
      if (at !== undefined) await rm(at, { force: true });
      this.#unpacked.delete(file);
    }
  }

  /** Whether two files have the same bytes. @throws PrepareFault */
  async areEqual(a: FoundFile, b: FoundFile): Promise<boolean> {
    if (a.size !== b.size) return false;
    const [one, other] = await this.onDisk([a, b]);
    return sameBytes(one!, other!);
  }
}

const CHUNK = 1 << 20;

/** Whether two files on the disk have the same bytes. */
export async function sameBytes(a: string, b: string): Promise<boolean> {
  const [one, other] = [await open(a), await open(b)];
  try {
    const [x, y] = [await one.stat(), await other.stat()];
    if (x.dev === y.dev && x.ino === y.ino) return true;
    if (x.size !== y.size) return false;
    for (let at = 0; at < x.size; at += CHUNK) {
      const [left, right] = await Promise.all([
        one.read(Buffer.alloc(CHUNK), 0, CHUNK, at),
        other.read(Buffer.alloc(CHUNK), 0, CHUNK, at),
      ]);
      if (!left.buffer.subarray(0, left.bytesRead).equals(right.buffer.subarray(0, right.bytesRead))) return false;
    }
    return true;
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}
