/** A word that stands where a JSON value should, such as NaN, with the keys and places (from 0) that lead to it. */
interface Bare {
  readonly word: string;
  readonly path: readonly (string | number)[];
}

/** Words that JSON has, and numbers. */
const JSON_WORD = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;
/** Numbers that Python writes and JSON does not have. */
const NO_NUMBER = /^-?(NaN|Infinity)$/i;

/** Of fewer characters it is not said that the rest is missing. */
const SHORT = 32;

/** What a text that is not valid JSON is, and words that say so after the file's name. */
export interface JsonFault {
  readonly kind: 'foreign' | 'lines';
  readonly words: string;
}

export function jsonFault(text: string): JsonFault {
  const foreign = (words: string): JsonFault => ({ kind: 'foreign', words });
  const { bare, isOpen } = scan(text);
  const [first, ...more] = bare.filter(({ word }) => NO_NUMBER.test(word));
  if (first) {
    const others = more.length > 0 ? `, and in ${more.length} more ${more.length === 1 ? 'place' : 'places'}` : '';
    return foreign(`holds ${first.word}, which JSON does not have, ${placeOf(first.path)}${others}`);
  }
  if (isJsonLines(text))
    return { kind: 'lines', words: 'holds JSON lines, an object a line, and not one list of them' };
  return foreign(isOpen && text.length >= SHORT ? 'is cut short: its JSON ends in the middle' : 'is not valid JSON');
}

/** "in row 3 (from 0), secondary_tag" */
function placeOf([first, ...rest]: readonly (string | number)[]): string {
  if (first === undefined) return 'at its top';
  const words = [typeof first === 'number' ? `row ${first} (from 0)` : first, ...rest.map(String)];
  return `in ${words.map((word) => word.slice(0, 80)).join(', ')}`;
}

function isJsonLines(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return false;
  try {
    return lines.slice(0, 20).every((line) => typeof JSON.parse(line) === 'object');
  } catch {
    return false;
  }
}

/** Strings, punctuation and bare words of a JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[[\]{},:]|[^\s[\]{},:"]+/gs;
/** So many words are enough to tell of. */
const MOST = 1000;

/** The words that are no JSON values, and whether a bracket or a string is never closed. */
function scan(text: string): { bare: Bare[]; isOpen: boolean } {
  const path: (string | number)[] = [];
  const bare: Bare[] = [];
  let key: string | undefined;
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    last = token;
    if (token === '[') path.push(0);
    else if (token === '{') path.push('');
    else if (token === ']' || token === '}') path.pop();
    else if (token === ',' && typeof path.at(-1) === 'number') path.push((path.pop() as number) + 1);
    else if (token === ':' && typeof path.at(-1) === 'string' && key !== undefined) path[path.length - 1] = key;
    else if (token.startsWith('"')) key = token.slice(1, -1);
    else if (!/^[,:]$/.test(token) && !JSON_WORD.test(token) && bare.length < MOST)
      bare.push({ word: token.slice(0, 40), path: [...path] });
  }
  return { bare, isOpen: path.length > 0 || (last.startsWith('"') && !/^".*"$/s.test(last)) };
}
