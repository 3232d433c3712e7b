import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { checkpointSha256 } from '@gdbench/storage/manifest';

/** The checkpoint's hash that a submission of this folder gets. */
export async function checkpointSha256OfFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const sha256 = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        return { path: relative(folder, path).split(sep).join('/'), sha256 };
      }),
  );
  return checkpointSha256(files);
}
