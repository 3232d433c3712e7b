import path from 'node:path';
import { home } from '@gdbench/settings/home';
import { SET_NAME, SET_VERSION } from './version.ts';

// A module of its own: that of build.ts takes long to load.

/** The folder of the built-in set below a state folder; default: that of this machine. */
export function builtinDataRoot(state = home()): string {
  return path.join(state, 'data', `${SET_NAME}-${SET_VERSION}`);
}
