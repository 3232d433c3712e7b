import { chmodSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** Files by their paths; what is neither text nor bytes is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

export const bytesOf = (content: unknown): Buffer =>
  content instanceof Uint8Array
    ? Buffer.from(content)
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));

let parent = '';
let made = 0;
afterAll(() => parent && rm(parent, { recursive: true, force: true }));

/** A new, empty folder, named by a number; it is removed when the test file ends, after all that the file itself closes. */
export function newFolder(): string {
  if (!parent) {
    parent = realpathSync(mkdtempSync(join(tmpdir(), 'gdbench-test-')));
    // as root, PostgreSQL runs as another user: in a closed folder its data would lie elsewhere and be left behind
    chmodSync(parent, 0o755);
  }
  const folder = join(parent, String(made++));
  mkdirSync(folder);
  return folder;
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytesOf(content));
  }
}

/** A new folder with these files. */
export async function folderOf(files: Files): Promise<string> {
  const folder = newFolder();
  await writeFiles(folder, files);
  return folder;
}

/** The files without those of the paths, or below them. */
export const without = (files: Files, ...gone: string[]): Files =>
  Object.fromEntries(
    Object.entries(files).filter(([file]) => !gone.some((one) => file === one || file.startsWith(`${one}/`))),
  );

/** The files with more fields in one that is JSON. */
export const merged = (files: Files, file: string, more: object): Files => ({
  ...files,
  [file]: { ...(files[file] as object), ...more },
});
