import { accessSync, constants, mkdirSync } from 'node:fs';
import { SettingsFault } from './fault.ts';
import { readSettings, sentence, shown } from './settings.ts';

/** Where this machine's state lives: database, uploads, checkpoints, drawn data. @throws SettingsFault */
export function home(): string {
  return madeHome(readSettings(['GDBENCH_HOME']).GDBENCH_HOME);
}

/** The same folder, made where it was not there. @throws SettingsFault where none can be, or nothing may be written. */
export function madeHome(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsFault(sentence('GDBENCH_HOME', `is ${shown(folder)}, which cannot hold files (${code})`));
  }
}
