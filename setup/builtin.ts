import { checkpointSha256 } from '@gdbench/storage/manifest';
import { hashFiles, listFolder } from '../apps/cli/folder.ts';

/** The checkpoint's hash that `gdbench submit` gives this folder. */
export async function checkpointSha256OfFolder(folder: string): Promise<string> {
  return checkpointSha256(await hashFiles(folder, await listFolder(folder), () => undefined));
}
