import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, logUnexpected } from '../log.ts';
import type { Finisher } from './finish.ts';
import { isRefusal } from './store.ts';

/** Hours after its last byte at which an unfinished upload is forgotten. */
const FORGOTTEN_HOURS = 24;

interface Options {
  directory: string;
  finisher: Finisher;
  log: Logger;
}

/** Goes through what lies in the uploads' folder: finishes what is complete, removes what nobody goes on with. */
export async function tidyUploads({ directory, finisher, log }: Options): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = await readdir(directory);
  for (const name of new Set(names.map((file) => file.replace(/\.json$/, '')))) {
    try {
      await finisher.finishIfComplete(name);
      await forgetIfOld(join(directory, name));
    } catch (error) {
      if (isRefusal(error)) log.warn({ upload: name, reason: error.body.trim() }, 'a complete upload was refused');
      else logUnexpected(log, error, `upload ${name}`);
    }
  }
}

async function forgetIfOld(path: string): Promise<void> {
  const file = await stat(path).catch(() => null);
  if (file === null || Date.now() - file.mtimeMs < FORGOTTEN_HOURS * 3_600_000) return;
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}
