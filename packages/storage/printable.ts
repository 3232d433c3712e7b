// Safe to ship to a browser.

/** Control characters, those that reorder what is seen around them, line separators, byte order marks, halves of a pair. */
const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const EACH = new RegExp(UNSHOWN.source, 'gu');
const SPACES = /[\t\n\v\f\r]+/g;

/** Whether a text can be shown as it stands: it neither steers a terminal nor reorders the line around it. */
export function isPrintable(text: string): boolean {
  return !UNSHOWN.test(text);
}

/** Whether each of its characters leaves ink or is a plain space: nothing in it hides from whoever reads it before running it. */
export function isVisible(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text) && !INVISIBLE.test(text);
}

/** What is drawn as nothing among letters, marks and signs; the last is a Braille cell without a dot. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A stranger's text on one line, each character that is not to be shown marked by U+FFFD; cut to `most` UTF-16 units. */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return cut.replace(SPACES, ' ').replace(EACH, '\ufffd');
}
