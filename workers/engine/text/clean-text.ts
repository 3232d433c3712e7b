/** What open_clip does to a text before its tokenizer (text_cfg.tokenizer_kwargs.clean; open_clip/tokenizer.py). */
export type CleanText = 'canonicalize' | 'lower' | 'whitespace';

const WHITESPACE = /\p{White_Space}+/gu;
/** Python's `string.punctuation`. */
const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;

/**
 * `whitespace`: each run of it becomes one space, none at the ends. `lower`: lower case too. `canonicalize`: underscores become spaces
 * and the punctuation of ASCII goes as well, as SigLIP was trained. Repairs of broken encodings (ftfy) and of HTML entities are left
 * out: official captions hold neither.
 */
export function cleanText(text: string, how: CleanText): string {
  const kept = how === 'canonicalize' ? text.replaceAll('_', ' ').replace(PUNCTUATION, '') : text;
  const cased = how === 'whitespace' ? kept : kept.toLowerCase();
  return cased.replace(WHITESPACE, ' ').replace(/^ | $/g, '');
}
