import path from 'node:path';
import { SET_NAME, SET_VERSION } from './version.ts';

// A module of its own: that of build.ts takes long to load.

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** The folder of the built-in set below a state folder: GDBENCH_HOME, else `.gdbench`, seen from the repository's root. */
export function builtinDataRoot(home: string = process.env.GDBENCH_HOME || '.gdbench'): string {
  return path.resolve(REPOSITORY, home, 'data', `${SET_NAME}-${SET_VERSION}`);
}
