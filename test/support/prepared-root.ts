import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { listTasks } from '../../packages/benchmark/load/load.ts';
import { type PrepareOptions, prepareData } from '../../packages/benchmark/prepare/prepare.ts';
import { type Files, newFolder, writeFiles } from './folder.ts';

/** Images of tests are these words; everything else is none. */
export const checkWords = async (file: string): Promise<string | null> =>
  (await readFile(file, 'latin1')).startsWith('pixels of') ? null : 'cannot be decoded (it is no image)';

export const pixels = (name: string): Buffer => Buffer.from(`pixels of ${name}`);

/** A new folder with these files, named "from". */
export async function given(files: Files): Promise<string> {
  const folder = join(newFolder(), 'from');
  await writeFiles(folder, files);
  return folder;
}

/** What comes of preparing folders, all that they hold, into a root beside the first. */
export async function preparedFrom(folders: readonly string[], options: Partial<PrepareOptions> = {}) {
  const root = join(dirname(folders[0]!), 'root');
  const prepared = await prepareData(folders, root, { tasks: null, check: checkWords, ...options });
  return { ...prepared, root, files: await textsOf(root) };
}

/** Data versions of the tasks that can run. */
export async function versionsOf(root: string): Promise<Record<string, string>> {
  const listed = await listTasks(root, { editions: [] });
  return Object.fromEntries(listed.flatMap(({ task, data }) => (data?.dataVersion ? [[task, data.dataVersion]] : [])));
}

/** The texts of a folder's files by their paths, but for prepared.json. */
export async function textsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (file) => [relative(folder, file), await readFile(file, 'utf8')]),
  );
  return Object.fromEntries(texts.filter(([path]) => path !== 'prepared.json'));
}
