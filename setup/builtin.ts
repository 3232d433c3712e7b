import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { hashFolder, openFolder } from '@gdbench/workers/engine/folder';

/** Noise samples an image and text that the board of `npm start` asks of diffusion, so that two cores finish in minutes. */
export const DISPLAY_SAMPLES = 6;

export interface BuiltinCheckpoint {
  /** Its name on the board: that of the folder. */
  readonly name: string;
  readonly folder: string;
}

/**
 * The checkpoints in the folder, those that need one pass of a model (config.json) before those that sample noise
 * (model_index.json), each group by name in code-point order: what is cheap shows its scores first.
 */
export function builtinCheckpoints(root = join(ROOT, 'builtin/checkpoints')): BuiltinCheckpoint[] {
  const names = readdirSync(root).sort();
  return ['config.json', 'model_index.json'].flatMap((mark, _, marks) =>
    names
      .filter((name) => marks.find((file) => existsSync(join(root, name, file))) === mark)
      .map((name) => ({ name, folder: join(root, name) })),
  );
}

/** The checkpoint's hash that `gdbench submit` gives this folder. */
export async function checkpointSha256OfFolder(folder: string): Promise<string> {
  return hashFolder(await openFolder(folder));
}

/** "toy-clip=<sha256>,...": which checkpoints are the built-in ones, as the web pages take it (BUILTIN_CHECKPOINTS). */
export async function builtinSetting(checkpoints = builtinCheckpoints()): Promise<string> {
  const pairs: string[] = [];
  for (const { name, folder } of checkpoints) pairs.push(`${name}=${await checkpointSha256OfFolder(folder)}`);
  return pairs.join(',');
}
