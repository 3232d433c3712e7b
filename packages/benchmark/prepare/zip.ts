import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from 'yauzl';
import { BOUNDS, requireModest } from './bounds.ts';
import { damaged, PrepareFault } from './prepare-fault.ts';

/** Ways of packing that can be unpacked: none, and deflate. */
const STORED = 0;
const DEFLATED = 8;

/** A zip on the disk, which is read in place. */
export class ZipArchive {
  readonly #zip: ZipFile;
  readonly #path: string;
  readonly entries: readonly Entry[];

  private constructor(zip: ZipFile, path: string, entries: readonly Entry[]) {
    this.#zip = zip;
    this.#path = path;
    this.entries = entries;
  }

  /** @param path as it is told. @throws PrepareFault when it is no whole zip, or a name in it leads out of it. */
  static async open(file: string, path: string): Promise<ZipArchive> {
    // names are judged here, so that one that leads out is known from other damage
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false };
    const zip = await openPromise(file, options).catch((error) => {
      throw damaged(path, error);
    });
    try {
      if (zip.entryCount > BOUNDS.entries)
        throw new PrepareFault(path, `holds ${zip.entryCount} files, which no data set does`);
      const entries: Entry[] = [];
      for await (const entry of zip.eachEntry())
        if (!named(entry, path).fileName.endsWith('/')) entries.push(readable(entry, path));
      return new ZipArchive(zip, path, entries);
    } catch (error) {
      zip.close();
      throw damaged(path, error);
    }
  }

  /** Unpacks a file of it; its bytes are those of which the archive holds the checksum. @throws PrepareFault */
  async unpack(entry: Entry, file: string, mostBytes: number): Promise<void> {
    const path = this.#admit(entry, mostBytes);
    try {
      const check = checksum();
      await pipeline(
        await this.#zip.openReadStreamPromise(entry),
        check.stream,
        createWriteStream(file, { flags: 'wx' }),
      );
      if (check.sum() !== entry.crc32) throw new Error('its checksum does not fit');
    } catch (error) {
      throw damaged(path, error);
    }
  }

  /** Its first bytes, at most so many. @throws PrepareFault */
  async head(entry: Entry, bytes: number): Promise<Buffer> {
    const path = this.#admit(entry, BOUNDS.largeBytes);
    const parts: Buffer[] = [];
    let length = 0;
    try {
      for await (const part of await this.#zip.openReadStreamPromise(entry)) {
        parts.push(part);
        length += part.length;
        if (length >= bytes) break;
      }
    } catch (error) {
      throw damaged(path, error);
    }
    return Buffer.concat(parts).subarray(0, bytes);
  }

  close(): void {
    this.#zip.close();
  }

  #admit(entry: Entry, mostBytes: number): string {
    const path = `${this.#path}/${entry.fileName}`;
    if (entry.uncompressedSize > mostBytes)
      throw new PrepareFault(path, `is larger (${entry.uncompressedSize} bytes) than any such file of a data set`);
    requireModest(path, entry.compressedSize, entry.uncompressedSize);
    return path;
  }
}

/** The entry with its name as a text. @throws PrepareFault for a name that leads out of the archive. */
function named(entry: Entry, path: string): Entry {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  entry.fileName = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  if (validateFileName(entry.fileName) === null) return entry;
  throw new PrepareFault(path, `holds a file whose name leads out of it, as no data set's does: download it again`);
}

/** @throws PrepareFault for one that is packed in a way that is not read here. */
function readable(entry: Entry, path: string): Entry {
  if (entry.isEncrypted())
    throw new PrepareFault(path, 'is encrypted: unpack it with its password, and give the folder');
  if (entry.compressionMethod === STORED || entry.compressionMethod === DEFLATED) return entry;
  throw new PrepareFault(
    path,
    `is packed in a way that is not read here (method ${entry.compressionMethod}): unpack it, and give the folder`,
  );
}

function checksum(): { stream: Transform; sum(): number } {
  let sum = 0;
  const stream = new Transform({
    transform(chunk, _, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  return { stream, sum: () => sum };
}
