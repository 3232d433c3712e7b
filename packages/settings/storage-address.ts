import { join } from 'node:path';
import type { Settings } from './settings.ts';

/** Where checkpoints are kept: what was set, else a folder in the home. */
export function storageAddress(settings: Settings<'GDBENCH_HOME' | 'GDBENCH_STORAGE'>): string {
  return settings.GDBENCH_STORAGE ?? `file:${join(settings.GDBENCH_HOME, 'storage')}`;
}
