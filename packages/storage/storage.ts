import type { Readable } from 'node:stream';
import { z } from 'zod';
import { openFolder } from './folder.ts';

export { HashMismatchError, NotStoredError } from './hash.ts';

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

const S3Query = z.strictObject({ endpoint: z.url().optional(), region: z.string().optional() });

/**
 * @param url `file:/absolute/folder`, or `s3:bucket/prefix?endpoint=https://...&region=...`, whose credentials come from
 * the usual AWS variables and files
 */
export async function openStorage(url: string): Promise<Storage> {
  const [scheme, rest] = [url.slice(0, url.indexOf(':')), url.slice(url.indexOf(':') + 1)];
  if (scheme === 'file' && /^(\/\/)?(\/|[a-z]:)/i.test(rest)) return openFolder(rest.replace(/^\/\//, ''));
  const s3 = scheme === 's3' ? /^(?:\/\/)?([a-z0-9.-]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(rest) : null;
  const query = S3Query.safeParse(Object.fromEntries(new URLSearchParams(s3?.[3] ?? '')));
  if (s3?.[1] && query.success) {
    // the client is large, and most who run this keep files in a folder
    const { openS3 } = await import('./s3.ts');
    return openS3({ bucket: s3[1], prefix: s3[2] ?? '', ...query.data });
  }
  throw new Error(
    `"${url}" names no storage: write file:/absolute/folder, or s3:bucket/prefix?endpoint=https://... in GDBENCH_STORAGE.`,
  );
}
