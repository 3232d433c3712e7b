import { z } from 'zod';
import type { Storage } from './files-by-hash.ts';
import { openFolder } from './folder.ts';

export type { Storage, StoredFile } from './files-by-hash.ts';
export { HashMismatchError, NotStoredError } from './hash.ts';

const S3Query = z.strictObject({ endpoint: z.url().optional(), region: z.string().optional() });

/** An address that names no storage. */
export class StorageAddressError extends Error {
  override readonly name = 'StorageAddressError';
}

/**
 * @param url `file:/absolute/folder`, or `s3:bucket/prefix?endpoint=https://...&region=...`, whose credentials come from
 * the usual AWS variables and files
 * @throws StorageAddressError
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
  throw new StorageAddressError(
    `"${url}" names no storage: write file:/absolute/folder, or s3:bucket/prefix?endpoint=https://... in GDBENCH_STORAGE.`,
  );
}
