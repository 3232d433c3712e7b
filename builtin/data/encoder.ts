import { checkpointSha256, hashFiles } from '@gdbench/storage/identity';
import { openFolder } from '@gdbench/workers/engine/folder';

/**
 * What a dual encoder computes with: sha256, 64 hex digits, over the files of its folder, as a submission has it, but for the
 * model card, which says what was measured afterwards, on lists that this encoder ranked.
 */
export async function encoderSha256(dir: string): Promise<string> {
  const { root, files } = await openFolder(dir);
  const paths = [...files.keys()].filter((path) => path !== 'README.md');
  return checkpointSha256(await hashFiles(root, paths));
}
