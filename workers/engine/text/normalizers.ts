import * as library from '@huggingface/tokenizers';
import { z } from 'zod';
import { readCharsmap } from './charsmap.ts';
import type { Step } from './tokenizer-json.ts';

/*
 * The normalizers of a tokenizer.json, as the tokenizers library's Rust sources have them (tokenizers/src/normalizers). The JavaScript
 * library's own differ: in what they take for a space, in sequences beyond 16 bits, in capital sigmas, in `$` of a replacement, ...
 */

export type Normalize = (text: string) => string;

/** A step that is not known, or lacks what it needs. */
export class UnknownStep extends Error {}

export const pattern = z.union([z.object({ String: z.string().min(1) }), z.object({ Regex: z.string() })]);

const replace = z.object({ pattern, content: z.string() });
const strip = z.object({ strip_left: z.boolean().default(true), strip_right: z.boolean().default(true) });
const bert = z.object({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
});
type Bert = z.output<typeof bert>;

/** @throws UnknownStep; whatever the pattern of a replacement makes the library throw. */
export function normalizer(step: Step): Normalize {
  switch (step.type) {
    case 'Sequence':
      return inTurn(parts(step, 'normalizers').map(normalizer));
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step.type;
      return (text) => text.normalize(form);
    }
    case 'Lowercase':
      return lowerCase;
    case 'Strip': {
      const { strip_left: left, strip_right: right } = read(step, strip);
      const ends = new RegExp(
        [...(left ? ['^\\p{White_Space}+'] : []), ...(right ? ['\\p{White_Space}+$'] : [])].join('|'),
        'gu',
      );
      return left || right ? (text) => text.replace(ends, '') : (text) => text;
    }
    case 'StripAccents':
      return (text) => text.replace(/\p{M}/gu, '');
    case 'Prepend': {
      const { prepend } = read(step, z.object({ prepend: z.string() }));
      return (text) => (text === '' ? '' : prepend + text);
    }
    case 'Replace': {
      const { pattern: of, content } = read(step, replace);
      const found = matcher(of);
      return (text) => text.replace(found, () => content);
    }
    case 'Precompiled': {
      const { precompiled_charsmap: map } = read(step, z.object({ precompiled_charsmap: z.string().nullish() }));
      return readCharsmap(Buffer.from(map ?? '', 'base64')).byGrapheme;
    }
    case 'BertNormalizer':
      return bertNormalizer(read(step, bert));
    default:
      throw new UnknownStep(`the normalizer ${step.type}`);
  }
}

/** Character by character, as Rust does: a sigma at a word's end is no other one. */
export const lowerCase: Normalize = (text) => Array.from(text, (character) => character.toLowerCase()).join('');

const inTurn =
  (steps: readonly Normalize[]): Normalize =>
  (text) =>
    steps.reduce((so, step) => step(so), text);

/** The library's types leave out what its modules give beside Tokenizer. */
const { ReplaceNormalizer } = library as unknown as {
  ReplaceNormalizer: new (step: { pattern: z.output<typeof pattern> }) => { readonly pattern: RegExp };
};

/** The regular expression of a step's pattern: Oniguruma's syntax is rewritten by the library. */
export const matcher = (of: z.output<typeof pattern>): RegExp => new ReplaceNormalizer({ pattern: of }).pattern;

/** @throws UnknownStep naming the field that is not what it should be. */
export function read<S extends z.ZodType>(step: Step, schema: S): z.output<S> {
  const { data, error } = schema.safeParse(step);
  if (error) throw new UnknownStep(`\`${error.issues[0]?.path.join('.')}\` of the step ${step.type}`);
  return data;
}

/** The steps of a sequence. */
export function parts(step: Step, field: string): Step[] {
  return read(step, z.object({ [field]: z.array(z.looseObject({ type: z.string() })) }))[field] as Step[];
}

function bertNormalizer({ clean_text, handle_chinese_chars, strip_accents, lowercase }: Bert): Normalize {
  const steps: Normalize[] = [];
  if (clean_text) steps.push(cleaned);
  if (handle_chinese_chars) steps.push((text) => text.replace(IDEOGRAPH, ' $& '));
  if (strip_accents ?? lowercase) steps.push((text) => text.normalize('NFD').replace(/\p{Mn}/gu, ''));
  if (lowercase) steps.push(lowerCase);
  return inTurn(steps);
}

const IDEOGRAPH =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

function cleaned(text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu, '').replace(/\p{White_Space}/gu, ' ');
}
