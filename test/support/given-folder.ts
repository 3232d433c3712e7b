import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { create } from 'tar';
import { onTestFinished } from 'vitest';
import { ZipFile } from 'yazl';
import { listTasks } from '../../packages/benchmark/load/load.ts';
import { type PrepareOptions, prepareData } from '../../packages/benchmark/prepare/prepare.ts';

/** Files of a test by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

export const filesOf = (tree: Record<string, unknown>): Map<string, Buffer> =>
  new Map(
    Object.entries(tree).map(([path, content]) => [
      path,
      Buffer.isBuffer(content) ? content : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
    ]),
  );

/** @param compress default: some of them. */
export async function zipOf(files: Files, compress?: boolean): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of files) zip.addBuffer(bytes, path, { compress: compress ?? path.length % 2 === 0 });
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

/** Images of tests are these words; everything else is none. */
export const checkWords = async (file: string): Promise<string | null> =>
  (await readFile(file, 'latin1')).startsWith('pixels of') ? null : 'cannot be decoded (it is no image)';

export const pixels = (name: string): Buffer => Buffer.from(`pixels of ${name}`);

/** A new folder with these files (anything but text and bytes is written as JSON), removed when the test ends. */
export async function given(tree: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gdbench-given-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(join(folder, 'from'), filesOf(tree));
  return join(folder, 'from');
}

/** What comes of preparing folders, all that they hold, into a root beside the first. */
export async function preparedFrom(folders: readonly string[], options: Partial<PrepareOptions> = {}) {
  const root = join(dirname(folders[0]!), 'root');
  const prepared = await prepareData(folders, root, { tasks: null, check: checkWords, ...options });
  return { ...prepared, root, files: await treeOf(root) };
}

/** Data versions of the tasks that can run. */
export async function versionsOf(root: string): Promise<Record<string, string>> {
  const listed = await listTasks(root, { editions: [] });
  return Object.fromEntries(listed.flatMap(({ task, data }) => (data?.dataVersion ? [[task, data.dataVersion]] : [])));
}

/** The texts of a folder's files by their paths, but for prepared.json. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (file) => [relative(folder, file), await readFile(file, 'utf8')]),
  );
  return Object.fromEntries(texts.filter(([path]) => path !== 'prepared.json'));
}
