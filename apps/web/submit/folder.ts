import { byCodePoint } from '@gdbench/file-names/order';
import { checkpointFiles, pathInside } from '@gdbench/storage/checkpoint-files';

/** A checkpoint's folder as the browser gave it. */
export type Folder = {
  /** The folder's own name; empty when loose files were given. */
  name: string;
  /** As much of its path as the browser tells, with forward slashes. */
  path: string;
  /** Where in the folder that was given the checkpoint lies; '' where it is that folder itself. */
  inside: string;
  files: readonly FolderFile[];
  bytes: number;
  /** Files that are no part of the checkpoint: hidden ones, those that systems leave behind, those beside its folder. */
  leftOut: readonly string[];
};

export type FolderFile = {
  /** Relative to the folder, with forward slashes. */
  path: string;
  file: File;
};

/** Reads a folder out of what was dropped or chosen. Browsers put the path into different places; all start with the folder. */
export function folderOf(given: readonly File[]): Folder {
  const all = given.map((file) => ({ file, path: pathOf(file) }));
  const name = commonFolder(all.map(({ path }) => path));
  const below = new Map(all.map(({ file, path }) => [name ? path.slice(name.length + 1) : path, file]));
  const { root, paths, leftOut } = checkpointFiles([...below.keys()]);
  const files = paths.map((path) => ({ path: pathInside(root, path), file: below.get(path)! }));
  files.sort((a, b) => byCodePoint(a.path, b.path));
  return {
    name: root === '' ? name : (root.split('/').at(-1) ?? name),
    path: [name, root].filter(Boolean).join('/'),
    inside: root,
    files,
    bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    leftOut,
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
