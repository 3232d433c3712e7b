/**
 * The value of a JSON text as Python's json module reads it: NaN, Infinity and -Infinity are numbers, and of a key that stands twice
 * the last counts.
 *
 * @throws JsonError with the place of the first character that is no JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // told below, or read with the numbers that only Python knows
  }
  const plain = text.replace(CONSTANTS, (found) => PLAIN[found] ?? found);
  try {
    return JSON.parse(plain, (_, value) => (value === NOT_A_NUMBER ? Number.NaN : value));
  } catch {
    throw errorIn(text);
  }
}

/** A value as a JSON text, NaN and infinite numbers as Python writes them; "nothing" for what no JSON text can hold. */
export function jsonText(value: unknown): string {
  const marked = (_: string, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one) ? `${MARK}${one}` : one;
  return (JSON.stringify(value, marked) ?? 'nothing').replace(MARKED, '$1');
}

/** Where a text ceases to be JSON, and what stands there. */
export class JsonError extends Error {}

/** Strings, so that what they hold is left alone, and the constants outside of them. */
const CONSTANTS = /"(?:[^"\\]|\\.)*"|-?Infinity\b|\bNaN\b/gs;
/** No file has it before a constant. */
const MARK = '\u0000';
const NOT_A_NUMBER = `${MARK}NaN`;
const MARKED = /"\\u0000(NaN|-?Infinity)"/g;
/** Too large a number reads as infinite. */
const PLAIN: Readonly<Record<string, string>> = {
  Infinity: '1e999',
  '-Infinity': '-1e999',
  NaN: JSON.stringify(NOT_A_NUMBER),
};

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of JSON may hold them as they are
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y;

/** Follows the grammar to the first place where the text leaves it. */
function errorIn(text: string): JsonError {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  const next = () => {
    take(SPACE);
    return text[at];
  };
  const open: ('{' | '[')[] = [];
  /** Whether the innermost bracket has just been opened. */
  let fresh = false;
  const value = (): boolean => {
    const character = next();
    fresh = character === '{' || character === '[';
    if (character !== '{' && character !== '[') return take(STRING) || take(SCALAR);
    at += 1;
    open.push(character);
    return true;
  };
  const key = (): boolean => {
    next();
    if (!take(STRING) || next() !== ':') return false;
    at += 1;
    return value();
  };
  /** After a value: brackets that close, and then a comma with what follows it. */
  const onward = (): boolean => {
    const character = next();
    const inside = open.at(-1);
    if (inside === undefined) return false;
    if (character === (inside === '{' ? '}' : ']')) {
      at += 1;
      open.pop();
      fresh = false;
      return true;
    }
    if (!fresh && character !== ',') return false;
    if (!fresh) at += 1;
    return inside === '{' ? key() : value();
  };
  if (value()) while (onward());
  next();
  return new JsonError(
    `line ${lineOf(text, at)}, column ${at - text.lastIndexOf('\n', at - 1)}: ${whatStands(text, at)}`,
  );
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function whatStands(text: string, at: number): string {
  const rest = text.slice(at);
  if (rest.trim() === '') return text.trim() === '' ? 'the file is empty' : 'the file ends in the middle';
  if (/^(\/[/*]|#)/.test(rest)) return 'a comment stands there';
  if (/^[}\]]/.test(rest) && /,\s*$/.test(text.slice(0, at)))
    return 'a comma stands before the end of a list or an object';
  if (rest.startsWith("'")) return 'a text stands in single quotes';
  return `${JSON.stringify([...rest.slice(0, 20)].slice(0, 12).join(''))} stands there`;
}
