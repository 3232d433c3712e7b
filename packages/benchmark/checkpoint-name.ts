/** Characters that a checkpoint's name has at most, as a reader counts them: code points. */
export const MAX_NAME_LENGTH = 80;

/** Characters that nobody sees or that reorder what is seen: they would let one name pass for another. */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A snapshot in the Hugging Face cache, whose folder is called by its commit. */
const SNAPSHOT = /(?:^|\/)models--([^/]+)\/snapshots\/[0-9a-f]{40}$/;

/**
 * The name on the board that a checkpoint has where its submitter gives none: that of its folder, or of its repository where it
 * is a snapshot in the Hugging Face cache, with one space for what cannot be shown and for several spaces, accents composed,
 * cut to the length that fits. Empty where nothing is left.
 *
 * @param folder as much of its path as is known, with forward slashes
 */
export function nameOfFolder(folder: string): string {
  const repository = SNAPSHOT.exec(folder)?.[1]?.replaceAll('--', '/');
  const shown = (repository ?? folder.split('/').at(-1) ?? '')
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return [...shown].slice(0, MAX_NAME_LENGTH).join('').trim();
}
