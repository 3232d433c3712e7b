import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { SetupFault } from '../fault.ts';
import { isAlive } from './running.ts';

const WAIT_MS = 180_000;
/** A holder writes its number right after it makes the file. */
const EMPTY_MS = 2_000;

/** Does the work while no other process does any under the same file; one that died in the middle does not count. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** A full disk, or a kill between making the file and writing to it, leaves an empty one. */
async function isAbandoned(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && file.size === 0 && Date.now() - file.mtimeMs > EMPTY_MS;
}

async function take(path: string): Promise<void> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    try {
      return await writeFile(path, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 ? !isAlive(holder) : await isAbandoned(path)) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new SetupFault(
    `Another process has been starting PostgreSQL for minutes: end it, remove ${path}, and run the command again.`,
  );
}
