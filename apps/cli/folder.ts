import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CheckpointFault } from '@gdbench/workers/engine/fault';
import { openFolder } from '@gdbench/workers/engine/folder';
import { CliFault } from './fault.ts';

/** One line of a submission's manifest. */
export interface ManifestFile {
  /** Inside the folder, with forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export interface ListedFile {
  readonly path: string;
  readonly size: number;
}

/**
 * A checkpoint's files by path, under the rules that the engine has for a folder: no links, nothing hidden.
 * Throws CliFault: code 2 where there is no such folder, 1 where the folder cannot serve.
 */
export async function listFolder(dir: string): Promise<ListedFile[]> {
  const found = await stat(dir).catch(() => undefined);
  if (!found) throw new CliFault(`${dir} is not there: give the folder that holds the checkpoint.`, 2);
  if (!found.isDirectory()) throw new CliFault(`${dir} is a file: give the folder that holds the checkpoint.`, 2);
  try {
    const { files } = await openFolder(dir);
    return [...files].map(([path, size]) => ({ path, size })).sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (error) {
    if (error instanceof CheckpointFault) throw new CliFault(error.message);
    throw error;
  }
}

/** The files with their sha256; `onBytes` hears of every piece that was read. */
export async function hashFiles(
  dir: string,
  files: readonly ListedFile[],
  onBytes: (n: number) => void,
): Promise<ManifestFile[]> {
  const manifest: ManifestFile[] = [];
  for (const { path } of files) {
    const hash = createHash('sha256');
    let size = 0;
    await pipeline(
      createReadStream(join(dir, path)),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length;
          onBytes(chunk.length);
          yield chunk;
        }
      },
      hash,
    );
    // the size that was hashed, should the file be changing
    manifest.push({ path, size, sha256: hash.digest('hex') });
  }
  return manifest;
}
