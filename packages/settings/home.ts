import { readSettings } from './settings.ts';

/** Where this machine's state lives: database, uploads, checkpoints, drawn data. @throws SettingsFault */
export function home(): string {
  return readSettings(['GDBENCH_HOME']).GDBENCH_HOME;
}
