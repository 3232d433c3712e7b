/** A checkpoint's folder as the browser gave it. */
export type Folder = {
  /** The folder's own name; empty when loose files were given. */
  name: string;
  files: readonly FolderFile[];
  bytes: number;
  /** Files that no checkpoint needs: hidden ones and those that systems leave behind. */
  leftOut: readonly string[];
};

export type FolderFile = {
  /** Relative to the folder, with forward slashes. */
  path: string;
  file: File;
};

const LITTER = new Set(['Thumbs.db', 'desktop.ini', '__MACOSX']);

/** Reads a folder out of what was dropped or chosen. Browsers put the path into different places; all start with the folder. */
export function folderOf(given: readonly File[]): Folder {
  const all = given.map((file) => ({ file, path: pathOf(file) }));
  const name = commonFolder(all.map(({ path }) => path));
  const inside = all.map(({ file, path }) => ({ file, path: name ? path.slice(name.length + 1) : path }));
  const files = inside.filter(({ path }) => !isLitter(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    name,
    files,
    bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    leftOut: inside.filter(({ path }) => isLitter(path)).map(({ path }) => path),
  };
}

function pathOf(file: File & { path?: string; relativePath?: string }): string {
  const path = file.webkitRelativePath || file.relativePath || file.path || file.name;
  return path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
}

/** The first part that all paths have in common, if every file lies below it. */
function commonFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/') ?? [];
  const name = first[0];
  if (first.length < 2 || name === undefined) return '';
  return paths.every((path) => path.startsWith(`${name}/`)) ? name : '';
}

function isLitter(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || LITTER.has(part));
}
