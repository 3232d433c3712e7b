import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { byCodePoint } from '@gdbench/file-names/order';

/** A file's line in a submission's manifest. */
export interface HashedFile {
  /** Inside the checkpoint's folder, with forward slashes. */
  readonly path: string;
  /** Bytes that were hashed, should the file be changing. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** The sha256 of a file on disk, and how many bytes it is of; `onBytes` hears of every piece that was read. */
export async function hashFile(
  file: string,
  onBytes: (n: number) => void = () => {},
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    size += chunk.length;
    onBytes(chunk.length);
  }
  return { size, sha256: hash.digest('hex') };
}

/** The files of a folder with their sha256, in the order given: what `checkpointSha256` makes a checkpoint's identity of. */
export async function hashFiles(
  root: string,
  paths: Iterable<string>,
  onBytes?: (n: number) => void,
): Promise<HashedFile[]> {
  const hashed: HashedFile[] = [];
  for (const path of paths) hashed.push({ path, ...(await hashFile(join(root, path), onBytes)) });
  return hashed;
}

/** The identity of a checkpoint: sha256, 64 hex digits, over the lines "path\0sha256\n", sorted by path in code-point order. */
export function checkpointSha256(files: readonly Pick<HashedFile, 'path' | 'sha256'>[]): string {
  const sorted = [...files].sort((a, b) => byCodePoint(a.path, b.path));
  return createHash('sha256')
    .update(sorted.map(({ path, sha256 }) => `${path}\0${sha256}\n`).join(''))
    .digest('hex');
}
