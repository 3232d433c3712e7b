import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '@gdbench/prisma/database';
import { failUpload, readWaiting } from '@gdbench/prisma/submissions';
import { type Logger, logUnexpected } from '../log.ts';
import type { Finisher } from './finish.ts';
import { isRefusal } from './store.ts';

/** Hours after its last byte at which an unfinished upload is forgotten. */
const FORGOTTEN_HOURS = 24;

interface Options {
  db: Database;
  directory: string;
  finisher: Finisher;
  log: Logger;
}

/**
 * Goes through what lies in the uploads' folder: finishes what is complete and removes what nobody goes on with. Then
 * ends the submissions that have waited for a day and of which nothing is on its way any more.
 */
export async function tidyUploads({ db, directory, finisher, log }: Options): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = await readdir(directory);
  for (const name of new Set(names.map((file) => file.replace(/\.json$/, '')))) {
    try {
      await finisher.finishIfComplete(name, 'service');
      await forgetIfOld(join(directory, name));
    } catch (error) {
      if (isRefusal(error)) log.warn({ upload: name, reason: error.body.trim() }, 'a complete upload was refused');
      else logUnexpected(log, error, `upload ${name}`);
    }
  }
  for (const { evaluationId, fileIds } of await readWaiting(db, FORGOTTEN_HOURS)) {
    const arriving = await Promise.all(fileIds.map((id) => exists(join(directory, id))));
    if (arriving.includes(true)) continue;
    await failUpload(db, 'service', evaluationId, {
      reason: `${fileIds.length} of its files did not arrive within ${FORGOTTEN_HOURS} hours.`,
      remedy: 'Submit the checkpoint again: files that have arrived are kept and need not be sent twice.',
    });
  }
}

async function forgetIfOld(path: string): Promise<void> {
  const file = await stat(path).catch(() => null);
  if (file === null || Date.now() - file.mtimeMs < FORGOTTEN_HOURS * 3_600_000) return;
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
