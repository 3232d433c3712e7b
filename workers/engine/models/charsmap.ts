/*
 * The characters map of a SentencePiece model: which strings are written as which others before pieces are found (NFKC, mostly).
 * Its bytes are the length of a double-array trie (little-endian, 32 bits), that trie, and the replacements, each ended by a zero.
 */

export type Charsmap = (text: string) => string;

const label = (unit: number): number => (unit & 0x800000ff) >>> 0;
const isFollowed = (unit: number): boolean => (unit & 0x100) !== 0;
const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
const placeOf = (unit: number): number => unit & 0x7fffffff;

/**
 * The longest entry that a text goes on with is replaced, then the text after it is looked at; what no entry covers stays.
 *
 * @param bytes an empty map changes nothing.
 * @throws RangeError when the bytes are no such map.
 */
export function readCharsmap(bytes: Uint8Array): Charsmap {
  if (bytes.length === 0) return (text) => text;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (length < 4 || length % 4 !== 0 || length > bytes.length - 4)
    throw new RangeError('its character map is cut short');
  const units = Uint32Array.from({ length: length / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const replacements = Buffer.from(bytes.subarray(4 + length));

  /** How many bytes the longest entry covers from `from` on, and where its replacement starts. */
  const longest = (text: Uint8Array, from: number): { covers: number; start: number } | null => {
    let found: { covers: number; start: number } | null = null;
    let node = offset(units[0]!);
    for (let at = from; at < text.length; at++) {
      node ^= text[at]!;
      const unit = units[node];
      if (unit === undefined || label(unit) !== text[at]) break;
      node ^= offset(unit);
      if (isFollowed(unit)) found = { covers: at + 1 - from, start: placeOf(units[node] ?? 0) };
    }
    return found;
  };

  return (text) => {
    const source = Buffer.from(text);
    const parts: Buffer[] = [];
    for (let at = 0; at < source.length; ) {
      const entry = longest(source, at);
      if (entry) {
        const end = replacements.indexOf(0, entry.start);
        parts.push(replacements.subarray(entry.start, end < 0 ? replacements.length : end));
        at += entry.covers;
      } else {
        const size = bytesOfCharacter(source[at]!);
        parts.push(source.subarray(at, at + size));
        at += size;
      }
    }
    return Buffer.concat(parts).toString();
  };
}

function bytesOfCharacter(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
