/*
 * The characters map of a SentencePiece model: which strings are written as which others before pieces are found (NFKC, mostly).
 * Its bytes are the length of a double-array trie (little-endian, 32 bits), that trie, and the replacements, each ended by a zero.
 */

export interface Charsmap {
  /** As SentencePiece reads it: the longest entry that the text goes on with is replaced, then what follows; the rest stays. */
  readonly longest: (text: string) => string;
  /**
   * As the tokenizers library reads it: grapheme by grapheme. A grapheme of less than 6 bytes that starts with an entry becomes the
   * shortest such entry's replacement, whatever else it holds; in the others each character is looked up by itself.
   */
  readonly byGrapheme: (text: string) => string;
}

const label = (unit: number): number => (unit & 0x800000ff) >>> 0;
const isFollowed = (unit: number): boolean => (unit & 0x100) !== 0;
const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
const placeOf = (unit: number): number => unit & 0x7fffffff;

interface Entry {
  /** Bytes that it covers. */
  readonly covers: number;
  readonly becomes: Buffer;
}

/**
 * @param bytes an empty map changes nothing.
 * @throws RangeError when the bytes are no such map.
 */
export function readCharsmap(bytes: Uint8Array): Charsmap {
  if (bytes.length === 0) return { longest: (text) => text, byGrapheme: (text) => text };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (length < 4 || length % 4 !== 0 || length > bytes.length - 4)
    throw new RangeError('its character map is cut short');
  const units = Uint32Array.from({ length: length / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const replacements = Buffer.from(bytes.subarray(4 + length));

  const entry = (covers: number, start: number): Entry => {
    const end = replacements.indexOf(0, start);
    return { covers, becomes: replacements.subarray(start, end < 0 ? replacements.length : end) };
  };
  /** The entry that the bytes go on with at `from`: the shortest one, or the longest. */
  const find = (text: Uint8Array, from: number, which: 'shortest' | 'longest'): Entry | null => {
    let found: { covers: number; start: number } | null = null;
    let node = offset(units[0]!);
    for (let at = from; at < text.length; at++) {
      node ^= text[at]!;
      const unit = units[node];
      if (unit === undefined || label(unit) !== text[at]) break;
      node ^= offset(unit);
      if (isFollowed(unit)) {
        found = { covers: at + 1 - from, start: placeOf(units[node] ?? 0) };
        if (which === 'shortest') break;
      }
    }
    return found && entry(found.covers, found.start);
  };
  const whole = (part: string): string | null => find(Buffer.from(part), 0, 'shortest')?.becomes.toString() ?? null;

  return {
    longest(text) {
      const source = Buffer.from(text);
      const parts: Buffer[] = [];
      for (let at = 0; at < source.length; ) {
        const found = find(source, at, 'longest');
        const covers = found?.covers ?? bytesOfCharacter(source[at]!);
        parts.push(found?.becomes ?? source.subarray(at, at + covers));
        at += covers;
      }
      return Buffer.concat(parts).toString();
    },
    byGrapheme(text) {
      const graphemes = Array.from(GRAPHEMES.segment(text), ({ segment }) => {
        const known = Buffer.byteLength(segment) < 6 ? whole(segment) : null;
        return known ?? Array.from(segment, (character) => whole(character) ?? character).join('');
      });
      return graphemes.join('');
    },
  };
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

function bytesOfCharacter(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
