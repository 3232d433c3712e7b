import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.gdbench-prepare-';

/** A folder in the data root in which files are made before they are moved to where they belong, all in one file system. */
export interface Scratch {
  /** The path of a file that is not there yet. */
  next(): string;
  remove(): Promise<void>;
}

export async function openScratch(root: string): Promise<Scratch> {
  await removeAbandoned(root);
  const folder = join(root, `${PREFIX}${process.pid}`);
  await mkdir(folder, { recursive: true });
  let count = 0;
  return {
    next: () => join(folder, String(count++)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Removes what processes left that were killed. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, pid] = new RegExp(`^\\${PREFIX}(\\d+)$`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
