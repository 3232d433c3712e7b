import { lowerCase, type Normalize, normalizer, parts } from './normalizers.ts';
import type { Step } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

/** A field of tokenizer_config.json that class and files leave no way to obey, as parts of a fault. */
export interface CaseMisfit {
  readonly found: string;
  readonly expected: string;
}

/**
 * What the tokenizer's class makes of its files' normalizer (TokenizerClass.letterCase): `do_lower_case`, `strip_accents` and
 * `tokenize_chinese_chars` of tokenizer_config.json are obeyed, or must say what is done anyway.
 *
 * @param step as tokenizer.json has it.
 * @returns a null where texts stay as they are.
 * @throws UnknownStep
 */
export function classNormalizer(
  step: Step | null,
  settings: TokenizerSettings,
): { readonly normalise: Normalize | null } | CaseMisfit {
  const { kind, className } = settings;
  if (step?.type === 'BertNormalizer' && (kind.letterCase === 'bert' || className === null))
    return { normalise: normalizer(bertStep(step, settings)) };
  const misfit = neighbours(settings) ?? cases(step, settings);
  if (misfit) return misfit;
  const own = step ? normalizer(step) : null;
  const wanted = settings.lowerCase ?? (kind.letterCase === 'siglip' || kind.letterCase === 'always');
  if (!wanted || lowers(step)) return { normalise: own };
  return { normalise: own ? (text) => own(lowerCase(text)) : lowerCase };
}

/** A class of BERT's kind states all three, its defaults where the file is silent; without a class what is not said stays. */
function bertStep(step: Step, { className, lowerCase: lower, stripAccents, chineseChars }: TokenizerSettings): Step {
  const defaults =
    className === null ? step : { ...step, lowercase: true, strip_accents: null, handle_chinese_chars: true };
  return {
    ...defaults,
    ...(lower === undefined ? {} : { lowercase: lower }),
    ...(stripAccents === undefined ? {} : { strip_accents: stripAccents }),
    ...(chineseChars === undefined ? {} : { handle_chinese_chars: chineseChars }),
  };
}

/** Elsewhere these two may only say what is done anyway: nothing, or, in a class of BERT's kind, its defaults. */
function neighbours({ kind, stripAccents, chineseChars }: TokenizerSettings): CaseMisfit | undefined {
  const isBert = kind.letterCase === 'bert';
  const expected = isBert
    ? 'a BertNormalizer in tokenizer.json, which obeys it'
    : "a class of BERT's kind, which obeys it";
  if (stripAccents) return { found: 'says `strip_accents` is true', expected };
  if (chineseChars !== undefined && chineseChars !== isBert)
    return { found: `says \`tokenize_chinese_chars\` is ${chineseChars}`, expected };
  return undefined;
}

function cases(step: Step | null, { kind, className, lowerCase: lower }: TokenizerSettings): CaseMisfit | undefined {
  if (lower !== false) return undefined;
  const always = kind.letterCase === 'always';
  if (!always && !lowers(step)) return undefined;
  return {
    found: 'says `do_lower_case` is false',
    expected: `true, for ${always ? `a ${className}` : "tokenizer.json's normalizer"} lower-cases every text`,
  };
}

function lowers(step: Step | null): boolean {
  if (step?.type === 'Sequence') return parts(step, 'normalizers').some(lowers);
  return step?.type === 'Lowercase' || (step?.type === 'BertNormalizer' && step.lowercase !== false);
}
