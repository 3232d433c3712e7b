import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAlive } from '@gdbench/settings/alive';
import { SetupFault } from '../fault.ts';

/*
 * The lock is a folder with one empty file in it, whose name says who holds it: "<process>.<random>". A holder that died is
 * followed by renaming its file: of all who try, the one that finds the file under the old name succeeds, and there is no
 * moment at which the lock is nobody's, so that no newer holder can be taken for the dead one.
 *
 * Not by a library: proper-lockfile takes a holder for dead that has not touched its file for some seconds. One that was suspended
 * would share the lock when it goes on, and one that was killed would be waited for.
 */

const WAIT_MS = 180_000;
const PAUSE_MS = 100;

/** Does the work while no other process does any under the same lock; one that died in the middle does not count. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = await take(path);
  try {
    return await work();
  } finally {
    await rm(join(path, mine), { force: true });
    // somebody else may have made it theirs already
    await rmdir(path).catch(() => undefined);
  }
}

/** The name of the holder's file. */
async function take(path: string): Promise<string> {
  const mine = `${process.pid}.${randomUUID()}`;
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    const holder = await holderOf(path);
    if (holder === null ? await makeLock(path, mine) : await follow(path, holder, mine)) return mine;
    await setTimeout(PAUSE_MS);
  }
  throw new SetupFault(
    `Another process has been starting PostgreSQL for minutes: end it, remove ${path}, and run the command again.`,
  );
}

/** Null when nobody holds the lock. */
async function holderOf(path: string): Promise<string | null> {
  try {
    return (await readdir(path))[0] ?? null;
  } catch (error) {
    // a plain file is what an earlier version left; a folder that appears meanwhile cannot be unlinked
    if (codeOf(error) === 'ENOTDIR') await unlink(path).catch(() => undefined);
    else if (codeOf(error) !== 'ENOENT') throw error;
    return null;
  }
}

/** Makes the lock with its holder in it at once; false when another was first. */
export async function makeLock(path: string, mine: string): Promise<boolean> {
  const made = `${path}.${mine}`;
  try {
    await mkdir(made);
    await writeFile(join(made, mine), '');
    // replaces an empty folder and no other
    await rename(made, path);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(codeOf(error))) throw error;
    return false;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Takes the lock over from a holder that is dead; false when it lives, or another was first. */
export async function follow(path: string, holder: string, mine: string): Promise<boolean> {
  if (isAlive(Number.parseInt(holder, 10))) return false;
  try {
    await rename(join(path, holder), join(path, mine));
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
