import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { create } from 'tar';
import { ZipFile } from 'yazl';
import { bytesOf, type Files, folderOf, newFolder } from './folder.ts';

/** @param compress default: some of them. */
export async function zipOf(files: Files, compress?: boolean): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files))
    zip.addBuffer(bytesOf(content), path, { compress: compress ?? path.length % 2 === 0 });
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

export async function tarOf(files: Files, gzip = false): Promise<Buffer> {
  const file = join(newFolder(), 'tar');
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
  await create({ file, cwd: await folderOf(files), gzip, portable: true }, tops);
  return readFile(file);
}
