import { describe, expect, it } from 'vitest';
import { classNormalizer } from './letter-case.ts';
import { NO_CLASS, tokenizerClass } from './tokenizer-classes.ts';
import type { Step } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

const LOWERCASE: Step = { type: 'Lowercase' };
const SEQUENCE: Step = { type: 'Sequence', normalizers: [{ type: 'NFC' }, LOWERCASE] };
const MARKS: Step = { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' };
const BERT: Step = {
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: null,
  lowercase: true,
};
const CASED: Step = { ...BERT, lowercase: false };

const settings = (className: string | null, said: Partial<TokenizerSettings> = {}): TokenizerSettings => ({
  file: 'tokenizer_config.json',
  className,
  kind: className === null ? NO_CLASS : tokenizerClass(className)!,
  special: {},
  masked: true,
  added: [],
  named: [],
  ...said,
});

/** What becomes of a text, or the fault. */
function made(step: Step | null, of: TokenizerSettings, text = 'ÉA É中'): string {
  const result = classNormalizer(step, of);
  if ('found' in result) return `${result.found}, where ${result.expected}`;
  return result.normalise ? result.normalise(text) : text;
}

describe('letter case', () => {
  it('is taken before all else where do_lower_case says so, whatever the class', () => {
    for (const name of ['GemmaTokenizer', 'T5TokenizerFast', 'XLMRobertaTokenizer', 'PreTrainedTokenizerFast', null]) {
      expect(made(MARKS, settings(name))).toBe('ÉA▁É中');
      expect(made(MARKS, settings(name, { lowerCase: true }))).toBe('éa▁é中');
      expect(made(null, settings(name, { lowerCase: true }))).toBe('éa é中');
      expect(made(SEQUENCE, settings(name, { lowerCase: true }))).toBe('éa é中');
    }
  });

  it('is taken by the classes that do so by themselves', () => {
    for (const name of ['CLIPTokenizer', 'Siglip2Tokenizer', 'SiglipTokenizer']) {
      expect(made(MARKS, settings(name))).toBe('éa▁é中');
      expect(made(SEQUENCE, settings(name))).toBe('éa é中');
    }
    expect(made(MARKS, settings('SiglipTokenizer', { lowerCase: false }))).toBe('ÉA▁É中');
  });

  it('is that of the normalizer in BERT’s kind, set by the settings, true where they are silent', () => {
    for (const name of ['BertTokenizer', 'BertTokenizerFast', 'DistilBertTokenizer']) {
      for (const step of [BERT, CASED]) {
        expect(made(step, settings(name))).toBe('ea e 中 ');
        expect(made(step, settings(name, { lowerCase: false }))).toBe('ÉA É 中 ');
        expect(made(step, settings(name, { stripAccents: false, chineseChars: false }))).toBe('éa é中');
        expect(made(step, settings(name, { lowerCase: false, stripAccents: true }))).toBe('EA E 中 ');
      }
    }
    expect(made(CASED, settings(null))).toBe('ÉA É 中 ');
    expect(made(CASED, settings(null, { lowerCase: true }))).toBe('ea e 中 ');
    expect(made(BERT, settings(null, { lowerCase: false }))).toBe('ÉA É 中 ');
  });

  it.each<[string, Step | null, TokenizerSettings, string]>([
    [
      'false where the class lower-cases anyway',
      MARKS,
      settings('CLIPTokenizer', { lowerCase: false }),
      'says `do_lower_case` is false, where true, for a CLIPTokenizer lower-cases every text',
    ],
    [
      'false where the files do',
      SEQUENCE,
      settings('GemmaTokenizer', { lowerCase: false }),
      "says `do_lower_case` is false, where true, for tokenizer.json's normalizer lower-cases every text",
    ],
    [
      'accents that no step takes',
      MARKS,
      settings('T5Tokenizer', { stripAccents: true }),
      'says `strip_accents` is true, where a class',
    ],
    [
      'ideographs',
      null,
      settings(null, { chineseChars: true }),
      'says `tokenize_chinese_chars` is true, where a class',
    ],
    [
      'ideographs, in a class whose normalizer is another',
      SEQUENCE,
      settings('BertTokenizer', { chineseChars: false }),
      'says `tokenize_chinese_chars` is false, where a BertNormalizer in tokenizer.json',
    ],
  ])('is not passed over: %s', (_, step, of, sentence) => {
    expect(made(step, of)).toContain(sentence);
  });
});
