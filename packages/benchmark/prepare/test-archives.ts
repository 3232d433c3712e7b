import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { create } from 'tar';
import { ZipFile } from 'yazl';

/** Files of a test by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

export const filesOf = (tree: Record<string, unknown>): Map<string, Buffer> =>
  new Map(
    Object.entries(tree).map(([path, content]) => [
      path,
      Buffer.isBuffer(content) ? content : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
    ]),
  );

export async function zipOf(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of files) zip.addBuffer(bytes, path, { compress: path.length % 2 === 0 });
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

export async function tarOf(files: Files, gzip: boolean): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'gdbench-tar-'));
  try {
    await writeFiles(join(folder, 'in'), files);
    const tops = [...new Set([...files.keys()].map((path) => path.split('/')[0]!))];
    await create({ file: join(folder, 'out'), cwd: join(folder, 'in'), gzip, portable: true }, tops);
    return await readFile(join(folder, 'out'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}
