// Safe to ship to a browser.
import { isLeftover, isLitter } from '@gdbench/file-names/leftover';

/** What a training leaves beside its weights. */
const OF_TRAINING = /^(optimizer|scheduler|scaler)(_\d+)?\.(pt|bin)$|^rng_state(_\d+)?\.pth$|^training_args\.bin$/i;

/**
 * Whether a file is no part of any checkpoint, wherever it lies: it is neither sent nor counted, and has no share in a checkpoint's
 * identity. Hidden files and folders are all of this kind (.git, .gitattributes, .cache, .DS_Store, the ._ files of macOS).
 *
 * @param path relative, with forward slashes.
 */
export function isJunk(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return parts.some(isLitter) || isLeftover(name) || OF_TRAINING.test(name);
}
