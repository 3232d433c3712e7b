import type { Entry } from 'yauzl';
import type { TarArchive } from './tar.ts';
import type { ZipArchive } from './zip.ts';

/** A file that was found, on the disk or in an archive. */
export interface FoundFile {
  /** From the name of what was given on, with forward slashes: "downloads/images.zip/images/1.png". */
  readonly path: string;
  /** Bytes, unpacked. */
  readonly size: number;
  readonly place: Place;
}

export type Place =
  | { readonly kind: 'disk'; readonly file: string }
  | { readonly kind: 'zip'; readonly archive: ZipArchive; readonly entry: Entry }
  | { readonly kind: 'tar'; readonly archive: TarArchive; readonly index: number };

/** Files that nothing was made of, and why: words that go on after the path. */
export interface LeftOut {
  /** A file, or a folder or archive (with a slash at its end) in which they lie. */
  readonly path: string;
  readonly files: number;
  readonly why: string;
  /** It may hold what is needed, and could not be looked into. */
  readonly isUnread?: boolean;
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of a path; empty at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The same for two spellings of one name on file systems that differ in letter case and in how they keep accents. */
export const sameName = (name: string): string => name.normalize('NFC').toLowerCase();

/** Items by a key of theirs, in their order. */
export function grouped<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

const IMAGE_EXTENSION = /\.(jpe?g|png|gif|webp|bmp|tiff?|avif|heic|jfif|svg)$/i;

/** Whether a file is an image by its name. */
export const isImageName = (name: string): boolean => IMAGE_EXTENSION.test(name);
