import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, without a slash at the end. Relative folders of settings start here, wherever a command was given. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Where this machine's state lives: database, uploads, checkpoints, drawn data. */
export function home(): string {
  return resolve(ROOT, process.env.GDBENCH_HOME || '.gdbench');
}
