import { type CleanText, cleanText } from './clean-text.ts';
import type { TextTokenizer } from './tokenizer.ts';

/** A tokenizer whose texts are cleaned before it sees them. */
export function cleaned(tokenizer: TextTokenizer, how: CleanText): TextTokenizer {
  return { ...tokenizer, encode: (text) => tokenizer.encode(cleanText(text, how)) };
}

/** A tokenizer whose texts have tokens before them, which are no padding. */
export function prefixed(
  tokenizer: TextTokenizer,
  { id, count }: { readonly id: number; readonly count: number },
): TextTokenizer {
  const before = (value: number, rest: Int32Array) => {
    const whole = new Int32Array(count + rest.length).fill(value, 0, count);
    whole.set(rest, count);
    return whole;
  };
  return {
    ...tokenizer,
    length: tokenizer.length + count,
    encode: (text) => {
      const { ids, mask } = tokenizer.encode(text);
      return { ids: before(id, ids), mask: before(1, mask) };
    },
  };
}
