import { checkpointSha256 } from '@gdbench/storage/manifest';
import { hashFiles, listFolder } from '../../apps/cli/upload/folder.ts';

/**
 * What a dual encoder computes with: sha256, 64 hex digits, over the files of its folder, as a submission has it, but for the
 * model card, which says what was measured afterwards, on lists that this encoder ranked.
 */
export async function encoderSha256(dir: string): Promise<string> {
  const { root, files } = await listFolder(dir);
  return checkpointSha256(await hashFiles({ root, files: files.filter(({ path }) => path !== 'README.md') }));
}
