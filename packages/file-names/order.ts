// Safe to ship to a browser.

/** Order of two strings by code point; JavaScript's own order is by UTF-16 unit, which differs above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let i = 0;
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i === shorter ? a.length - b.length : a.codePointAt(i)! - b.codePointAt(i)!;
}
