import { z } from 'zod';
import { addedToken } from './added-token.ts';

/*
 * The fields of a tokenizer.json that decide ids (the tokenizers library, tokenizers/src). What Rust ignores is left as it is; what it
 * obeys and GDBench cannot is refused here.
 */

const id = z.number().int().min(0).max(0x7fffffff);
const vocab = z.record(z.string(), id);
const flag = z.boolean().nullish();
const none = z.literal('').nullish();

const model = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('BPE'),
    vocab,
    merges: z.array(z.union([z.string(), z.array(z.string()).length(2)])),
    unk_token: z.string().nullish(),
    // A tokenizer that drops merges by chance gives other ids every time.
    dropout: z.literal(0).nullish(),
    end_of_word_suffix: z.string().nullish(),
    continuing_subword_prefix: none,
    fuse_unk: flag,
    byte_fallback: flag,
    ignore_merges: flag,
  }),
  z.looseObject({
    type: z.literal('WordPiece'),
    vocab,
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.number().int().min(1).default(100),
  }),
  z.looseObject({
    type: z.literal('Unigram'),
    vocab: z.array(z.tuple([z.string(), z.number()]).rest(z.unknown())).min(1),
    unk_id: id,
    byte_fallback: flag,
  }),
]);

/** A step of the way from a text to its pieces; normalizers.ts and pre-tokenizers.ts know which there are. */
const step = z.looseObject({ type: z.string() });
export type Step = z.output<typeof step>;

const direction = z.enum(['Left', 'Right', 'left', 'right']).nullish();
const length = z.number().int().min(0);
const padding = z.looseObject({
  strategy: z.union([z.literal('BatchLongest'), z.object({ Fixed: length })]),
  direction,
  pad_to_multiple_of: length.nullish(),
  pad_id: id.nullish(),
  // Texts are fed as token type 0 throughout.
  pad_type_id: z.literal(0).nullish(),
  pad_token: z.string().nullish(),
});
const truncation = z.looseObject({
  max_length: length,
  direction,
  // The third, `OnlySecond`, cuts no text that stands alone.
  strategy: z.enum(['LongestFirst', 'OnlyFirst', 'longest_first', 'only_first']).nullish(),
});

export const tokenizerFile = z.looseObject({
  // Files from before the field was written have no type; their other fields tell.
  model: z.preprocess(
    (value) => (isObject(value) ? { ...value, type: value.type ?? guessType(value) } : value),
    z.looseObject({ type: z.enum(['BPE', 'WordPiece', 'Unigram']) }).pipe(model),
  ),
  normalizer: step.nullish(),
  pre_tokenizer: step.nullish(),
  post_processor: step.nullish(),
  added_tokens: z.array(addedToken.extend({ id })).default([]),
  padding: padding.nullish(),
  truncation: truncation.nullish(),
});
export type TokenizerFile = z.output<typeof tokenizerFile>;
/** As a tokenizer.json is written. */
export type TokenizerFileInput = z.input<typeof tokenizerFile>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function guessType(of: Record<string, unknown>): string | undefined {
  if (Array.isArray(of.vocab)) return 'Unigram';
  if (of.merges !== undefined) return 'BPE';
  return of.continuing_subword_prefix === undefined ? undefined : 'WordPiece';
}

/** The vocabulary's pieces and added tokens with their ids. */
export function idsOf({ model, added_tokens: added }: TokenizerFile): Map<string, number> {
  const ids = new Map(
    model.type === 'Unigram' ? model.vocab.map(([piece], at) => [piece, at] as const) : Object.entries(model.vocab),
  );
  for (const token of added) if (!ids.has(token.content)) ids.set(token.content, token.id);
  return ids;
}
