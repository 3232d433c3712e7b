import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { BOUNDS } from './bounds.ts';
import { damaged, PrepareFault } from './prepare-fault.ts';

export interface TarEntry {
  /** Its place among the archive's regular files, from 0. */
  readonly index: number;
  readonly name: string;
  readonly size: number;
}

/** Where a file of a tar goes that is being read; null: it is passed over. */
type Destination = (entry: TarEntry) => string | null;

/** A tar on the disk, packed by gzip or not. It can only be read from its beginning, so that files are taken out together. */
export class TarArchive {
  readonly #file: string;
  readonly #path: string;
  readonly entries: readonly TarEntry[];

  private constructor(file: string, path: string, entries: readonly TarEntry[]) {
    this.#file = file;
    this.#path = path;
    this.entries = entries;
  }

  /**
   * Lists it, and takes out on the way what `early` names a place for.
   *
   * @param path as it is told. @throws PrepareFault when it is no whole tar.
   */
  static async open(file: string, path: string, early: Destination): Promise<TarArchive> {
    const entries: TarEntry[] = [];
    await readTar(file, path, (entry) => {
      entries.push(entry);
      return early(entry);
    });
    return new TarArchive(file, path, entries);
  }

  /** Takes files out, to the places that are given by index; all in one pass. @throws PrepareFault */
  async unpack(places: ReadonlyMap<number, string>): Promise<void> {
    await readTar(this.#file, this.#path, ({ index }) => places.get(index) ?? null);
  }
}

/** Faults of an archive; the parser passes over what else it warns of. */
const FATAL = /^TAR_(BAD_ARCHIVE|ABORT|ENTRY_INVALID|ENTRY_ERROR)$/;

async function readTar(file: string, path: string, destination: Destination): Promise<void> {
  const writes: Promise<void>[] = [];
  // the parser tells of it in words of its own
  let own: unknown;
  let index = 0;
  const parser = new Parser({ onReadEntry: (entry) => take(entry) });
  const take = (entry: ReadEntry): void => {
    // links and devices are no data
    const isFile = entry.type === 'File' || entry.type === 'OldFile';
    if (index >= BOUNDS.entries) {
      giveUp(new PrepareFault(path, `holds more than ${BOUNDS.entries} files, as no data set does`));
      return;
    }
    const to = isFile ? destination({ index: index++, name: entry.path, size: entry.size }) : null;
    if (to === null) entry.resume();
    else {
      const write = pipeline(entry as unknown as NodeJS.ReadableStream, createWriteStream(to, { flags: 'wx' }));
      write.catch(giveUp);
      writes.push(write);
    }
  };
  const giveUp = (error: Error): void => {
    own ??= error;
    parser.abort(error);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let isWhole = false;
      parser.on('eof', () => {
        isWhole = true;
      });
      parser.on('end', () => (isWhole ? resolve() : reject(new Error('it has no end'))));
      parser.on('error', reject);
      parser.on('warn', (code, message) => FATAL.test(code) && reject(message));
      const source = createReadStream(file, { highWaterMark: 1 << 20 });
      source.on('error', reject);
      source.pipe(parser as unknown as NodeJS.WritableStream);
    });
    await Promise.all(writes);
  } catch (error) {
    throw damaged(path, own ?? error);
  }
}
