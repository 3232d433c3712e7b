// Safe to ship to a browser, also over plain HTTP, where it has no crypto.subtle.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { isPrintable, printable } from './printable.ts';

/** Files of a checkpoint: an export of a large U-Net may have one for each of its 1,700 tensors. */
export const MAX_FILES = 2_000;
/** Of UTF-8: more has no room in the names of most file systems. */
export const MAX_PATH_BYTES = 255;
export const MAX_PATH_DEPTH = 8;

interface ManifestLine {
  /** Relative to the checkpoint's folder, with forward slashes. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** The identity of a checkpoint: sha256, 64 hex digits, over the lines "path\0sha256\n", sorted by path in code-point order. */
export function checkpointSha256(files: readonly ManifestLine[]): string {
  const sorted = [...files].sort((a, b) => compareCodePoints(a.path, b.path));
  const text = sorted.map((file) => `${file.path}\0${file.sha256}\n`).join('');
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** Unlike `<`, which compares UTF-16 units and so puts "😀" before "ﬁ". */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A sentence saying why the path may not stand in a manifest, or null when it may. */
export function checkManifestPath(path: string): string | null {
  const shown = JSON.stringify(printable(path, 80));
  if (path === '') return 'A path is empty: give the file a name.';
  if (!isPrintable(path)) return `The path ${shown} holds a character that cannot be shown: rename the file.`;
  const bytes = utf8ToBytes(path).length;
  if (bytes > MAX_PATH_BYTES) return `The path ${shown} has ${bytes} bytes, more than ${MAX_PATH_BYTES}: shorten it.`;
  if (path.includes('\\')) return `The path ${shown} holds a backslash: separate folders by "/".`;
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return `The path ${shown} is absolute: make it relative to the checkpoint's folder.`;
  const segments = path.split('/');
  if (segments.length > MAX_PATH_DEPTH)
    return `The path ${shown} is more than ${MAX_PATH_DEPTH} folders deep: flatten it.`;
  if (segments.includes('')) return `The path ${shown} has an empty part: write one "/" between names.`;
  if (segments.includes('.') || segments.includes('..'))
    return `The path ${shown} has a "." or ".." part: name the file itself.`;
  return null;
}
