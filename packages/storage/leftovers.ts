import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Nothing that a living process makes stays half made for so long without being written to. */
const OLD_MS = 24 * 3_600_000;
/** Names under which folders are made before they are moved to where they belong: ".<name>.<uuid>", and ".old" after it. */
const HALF_MADE = /^\.[^.]+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.old)?$/;

/** Removes what processes that died in the middle left half made in a folder of checkpoints' folders, over a day ago. */
export function removeHalfMade(folder: string): Promise<void> {
  return removeOld(folder, (name) => HALF_MADE.test(name));
}

/** Removes the folder's entries with such names that have not changed for a day; an absent folder has none. */
export async function removeOld(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error) => absent(error, []));
  for (const name of names.filter(isOurs)) {
    const path = join(folder, name);
    // another process may be just ahead of us
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      (error) => absent(error, Number.POSITIVE_INFINITY),
    );
    if (Date.now() - changed > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}

/** The value for what is not there; other errors are thrown. */
export function absent<T>(error: unknown, value: T): T {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
  throw error;
}
