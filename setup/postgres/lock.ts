import { readFile, rm, writeFile } from 'node:fs/promises';
import { SetupFault } from '../fault.ts';
import { isAlive } from './running.ts';

const WAIT_MS = 180_000;

/** Does the work while no other process does any under the same file; one that died in the middle does not count. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    try {
      return await writeFile(path, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new SetupFault(
    `Another process has been starting PostgreSQL for minutes: end it, remove ${path}, and run the command again.`,
  );
}
