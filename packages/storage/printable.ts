// Safe to ship to a browser.

/** Control characters, those that reorder what is seen around them, line separators, byte order marks, halves of a pair. */
const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const EACH = new RegExp(UNSHOWN.source, 'gu');
const SPACES = /[\t\n\v\f\r]+/g;

/** Whether a text can be shown as it stands: it neither steers a terminal nor reorders the line around it. */
export function isPrintable(text: string): boolean {
  return !UNSHOWN.test(text);
}

/** A stranger's text on one line, each character that is not to be shown marked by U+FFFD; cut to `most` UTF-16 units. */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return cut.replace(SPACES, ' ').replace(EACH, '\ufffd');
}
