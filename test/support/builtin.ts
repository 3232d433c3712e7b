import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CHECKPOINTS = join(process.cwd(), 'builtin/checkpoints');

/** The committed checkpoints that flow tests submit. */
export const DUAL_ENCODER = join(CHECKPOINTS, 'toy-clip');
/** Smaller than the built-in one, and of odd sizes: a whole evaluation takes seconds. */
export const DIFFUSION = join(process.cwd(), 'test/reference/odd-ldm');

/** The drawn data set; `npm test` draws it and names it. */
export function builtinData(): string {
  const root = process.env.GDBENCH_DATA;
  if (root && existsSync(root)) return root;
  throw new Error('GDBENCH_DATA names no data root: run the tests with `npm test`, which draws one.');
}
