import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage, StoredFile } from '@gdbench/storage/storage';

/** Folders that are kept however long they have not been used. */
const KEPT = 8;
/** A folder used so recently may be in use by another worker of this machine. */
const IN_USE_MS = 3_600_000;

/**
 * The folder `work`/`sha256` with a checkpoint's files, made from storage where it is not there yet. Folders of
 * checkpoints that have not been used for long are removed.
 */
export async function checkpointFolder(
  storage: Storage,
  work: string,
  { sha256, files }: { sha256: string; files: readonly StoredFile[] },
): Promise<string> {
  const dir = join(work, sha256);
  await storage.materialise(files, dir);
  const now = new Date();
  await utimes(dir, now, now);
  await removeOld(work, now.getTime());
  return dir;
}

async function removeOld(work: string, now: number): Promise<void> {
  const names = (await readdir(work)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  if (names.length <= KEPT) return;
  const folders = await Promise.all(
    names.map(async (name) => {
      const path = join(work, name);
      // one that another worker has just removed counts as new
      const used = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      return { path, used };
    }),
  );
  folders.sort((a, b) => b.used - a.used);
  for (const { path, used } of folders.slice(KEPT))
    if (now - used > IN_USE_MS) await rm(path, { recursive: true, force: true });
}
