import type { Readable } from 'node:stream';

/** A file to be put at a relative path. */
export interface StoredFile {
  /** See checkManifestPath. */
  readonly path: string;
  readonly sha256: string;
}

/** Files by their sha256 (64 hex digits); whatever is stored is whole and never changes. */
export interface Storage {
  has(sha256: string): Promise<boolean>;
  /** Bytes of the file; null when it is not stored. */
  size(sha256: string): Promise<number | null>;
  /**
   * Takes a file in and checks its hash. The file is gone from `fromPath` afterwards, moved where that is possible,
   * unless `keep` is set; it stays when this throws.
   *
   * @throws HashMismatchError when the file's content is another
   */
  put(sha256: string, fromPath: string, options?: { keep?: boolean }): Promise<void>;
  /**
   * Makes the folder `dir` hold exactly these files. It appears whole or not at all, also when several processes make
   * it at once, and is left alone when it is there already.
   *
   * @throws NotStoredError, or Error with a sentence when a path would leave the folder
   */
  materialise(files: readonly StoredFile[], dir: string): Promise<void>;
  /** @throws NotStoredError */
  read(sha256: string): Promise<Readable>;
  /** Removes what processes that died left half made more than a day ago. */
  tidy(): Promise<void>;
}
