import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Storage } from './files-by-hash.ts';
import { NotStoredError, requireContent, requireSha256 } from './hash.ts';
import { absent, removeOld } from './leftovers.ts';
import { materialise } from './materialise.ts';

/** Storage in a folder: `<root>/<first two digits>/<sha256>`. */
export function openFolder(root: string): Storage {
  const pathOf = (sha256: string) => join(root, requireSha256(sha256).slice(0, 2), sha256);
  const has = (sha256: string) => exists(pathOf(sha256));
  return {
    has,
    size: (sha256) =>
      stat(pathOf(sha256)).then(
        ({ size }) => size,
        (error) => absent(error, null),
      ),
    async put(sha256, fromPath, { keep = false } = {}) {
      const target = pathOf(sha256);
      await requireContent(sha256, fromPath);
      if (!(await exists(target))) await (keep ? copyIn(root, fromPath, target) : moveIn(root, fromPath, target));
      if (!keep) await rm(fromPath, { force: true });
    },
    materialise: (files, dir) =>
      materialise(files, dir, async (sha256, path) => {
        const source = pathOf(sha256);
        if (!(await exists(source))) throw new NotStoredError(sha256);
        // shares the blocks on file systems that can; a hard link would let a change to the copy reach the original
        await copyFile(source, path, constants.COPYFILE_FICLONE);
      }),
    async read(sha256) {
      const path = pathOf(sha256);
      if (!(await exists(path))) throw new NotStoredError(sha256);
      return createReadStream(path);
    },
    tidy: () => removeOld(join(root, 'incoming'), () => true),
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function moveIn(root: string, from: string, target: string): Promise<void> {
  try {
    await flush(from);
    await mkdir(dirname(target), { recursive: true });
    await rename(from, target);
    await settle(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyIn(root, from, target);
  }
}

async function copyIn(root: string, from: string, target: string): Promise<void> {
  const temporary = join(root, 'incoming', randomUUID());
  await mkdir(dirname(temporary), { recursive: true });
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await flush(temporary);
    await rename(temporary, target);
    await settle(target);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** On disk before its name is: a power cut must not leave a name without the content. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function settle(path: string): Promise<void> {
  await chmod(path, 0o444);
  const folder = await open(dirname(path), 'r');
  try {
    // Windows cannot flush folders, and needs not
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}
