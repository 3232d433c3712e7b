import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';

/** Whether a path with forward slashes leads to a place below the folder that it is relative to, on every system. */
export function isPlainPath(path: string): boolean {
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  return isPlain && !/[\\:]|\p{Cc}/u.test(path);
}

/**
 * The name of an image before which a program put a folder of its own machine, as ARO's code does: "1.jpg" of "/home/me/1.jpg",
 * "C:\\data\\1.jpg" or "./1.jpg". Null where the path leads out of a folder, or has no such name.
 */
export function nameAlone(path: string): string | null {
  const parts = path.split(/[\\/]/);
  const name = parts.at(-1)!;
  return parts.includes('..') || !isPlainPath(name) ? null : name;
}

/** The path, or the name alone where a program put a folder of its own machine before it. */
export const withoutFarFolder = (path: string): string => (isPlainPath(path) ? path : (nameAlone(path) ?? path));

/**
 * The path of an image that metadata name below a folder of the root. Throws DataError for a name that is not a plain
 * relative path: metadata may come from anywhere and must not reach files outside the folder.
 */
export function imagePath(task: TaskName, metadata: string, folder: string, name: string): string {
  if (!isPlainPath(name))
    throw new DataError(
      task,
      metadata,
      nameAlone(name) === null ? 'foreign' : 'unprepared',
      `names the image ${JSON.stringify(name.slice(0, 200))}, which is not a plain path below ${folder || 'the data root'}`,
    );
  return folder === '' ? name : `${folder}/${name}`;
}
