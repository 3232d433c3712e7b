import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CHECKPOINTS = join(process.cwd(), 'builtin/checkpoints');

/** The committed checkpoints that flow tests submit. */
export const DUAL_ENCODER = join(CHECKPOINTS, 'toy-clip');
export const DIFFUSION = join(CHECKPOINTS, 'toy-ldm');

/** The drawn data set; `npm test` draws it and names it. */
export function builtinData(): string {
  const root = process.env.GDBENCH_DATA;
  if (root && existsSync(root)) return root;
  throw new Error('GDBENCH_DATA names no data root: run the tests with `npm test`, which draws one.');
}
