import { z } from 'zod';
import { CheckpointFault, type Fault, Faults, faultOf } from '../checkpoint/fault.ts';
import type { Folder } from '../checkpoint/folder.ts';
import { readJson } from '../checkpoint/json.ts';
import { type AddedToken, addedToken, specialToken } from './added-token.ts';
import { KNOWN_CLASSES, NO_CLASS, type TokenizerClass, tokenizerClass } from './tokenizer-classes.ts';
import { unlikeFields } from './tokenizer-fields.ts';

const NAMES = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'cls_token', 'sep_token', 'mask_token'] as const;
export type SpecialName = (typeof NAMES)[number];
export type SpecialTokens = Readonly<Partial<Record<SpecialName, string>>>;

/** What tokenizer_config.json says, special_tokens_map.json and added_tokens.json worked in. A field that is not there was not said. */
export interface TokenizerSettings {
  /** Path of tokenizer_config.json inside the checkpoint, for messages. */
  readonly file: string;
  /** As it is written; null where no class is named. */
  readonly className: string | null;
  readonly kind: TokenizerClass;
  readonly special: SpecialTokens;
  /** model_max_length as it is written, which may stand for "none". */
  readonly maxLength?: number;
  /** Whether the model is fed which tokens are padding. */
  readonly masked: boolean;
  readonly paddingSide?: 'left' | 'right';
  readonly truncationSide?: 'left' | 'right';
  readonly lowerCase?: boolean;
  readonly stripAccents?: boolean;
  readonly chineseChars?: boolean;
  readonly addBos?: boolean;
  readonly addEos?: boolean;
  readonly prefixSpace?: boolean;
  /** T5's `<extra_id_n>`, of which its vocabulary file holds none. */
  readonly extraIds?: number;
  /** Tokens that are added to the vocabulary, with their ids. */
  readonly added: readonly AddedToken[];
  /** Further tokens that are named without an id. */
  readonly named: readonly string[];
}

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const specialTokens = z.looseObject(
  Object.fromEntries(NAMES.map((name) => [name, token.nullish()])) as Record<
    SpecialName,
    z.ZodOptional<z.ZodNullable<typeof token>>
  >,
);
const side = z.enum(['left', 'right']).nullish();
const flag = z.boolean().nullish();
const tokenId = z.string().regex(/^\d{1,9}$/);
const tokens = z.union([z.array(token), z.record(z.string(), token).transform((by) => Object.values(by))]).nullish();
const applied = specialTokens.extend({
  tokenizer_class: z.string().nullish(),
  // Python may write that there is no end to it
  model_max_length: z.union([z.number(), z.literal(Number.POSITIVE_INFINITY)]).nullish(),
  max_len: z.number().nullish(),
  model_input_names: z.array(z.string()).nullish(),
  padding_side: side,
  truncation_side: side,
  do_lower_case: flag,
  strip_accents: flag,
  tokenize_chinese_chars: flag,
  add_bos_token: flag,
  add_eos_token: flag,
  add_prefix_space: flag,
  extra_ids: z.number().int().min(0).max(1000).nullish(),
  // An entry without a text adds nothing.
  added_tokens_decoder: z.record(tokenId, addedToken.partial({ content: true })).nullish(),
  additional_special_tokens: tokens,
  extra_special_tokens: tokens,
});
/** The fields of tokenizer_config.json that decide the ids, or must fit what else decides them. */
export const APPLIED: readonly string[] = Object.keys(applied.shape);

/**
 * Reads what stands beside a tokenizer's vocabulary.
 *
 * @param at path of a file of the tokenizer's inside the checkpoint.
 * @throws CheckpointFault with every field that is not known, or cannot be obeyed.
 */
export async function readSettings(folder: Folder, at: (name: string) => string): Promise<TokenizerSettings> {
  const file = at('tokenizer_config.json');
  const faults = new Faults();
  const stated = folder.files.has(file) ? await readJson(folder, file, applied) : applied.parse({});
  const map = at('special_tokens_map.json');
  // As transformers does: a file without added_tokens_decoder is of the old kind, and special_tokens_map.json overrides it.
  const old = !stated.added_tokens_decoder && folder.files.has(map);
  const overrides = old ? await readJson(folder, map, specialTokens) : {};
  const special = { ...named(stated), ...named(overrides) };
  const className = stated.tokenizer_class ?? null;
  const kind = className === null ? NO_CLASS : tokenizerClass(className);
  faults.add(...unlikeFields(file, stated, APPLIED));
  for (const name of kind?.frame ?? [])
    if (name !== null && stated[name] === null && kind?.letterCase === 'bert') faults.add(withoutToken(file, name));
  if (!kind) faults.add(...unknownClass(file, className ?? '').faults);
  const inDecoder = Object.entries(stated.added_tokens_decoder ?? {}).flatMap(
    ([id, { content, ...flags }]): AddedToken[] =>
      content === undefined ? [] : [{ ...flags, content, id: Number(id) }],
  );
  const inFile = inDecoder.length > 0 ? [] : await addedTokens(folder, at('added_tokens.json'), special, faults);
  faults.settle();
  return said({
    file,
    className,
    kind: kind ?? NO_CLASS,
    special,
    maxLength: stated.model_max_length ?? stated.max_len,
    masked: stated.model_input_names?.includes('attention_mask') ?? true,
    paddingSide: stated.padding_side,
    truncationSide: stated.truncation_side,
    lowerCase: stated.do_lower_case,
    stripAccents: stated.strip_accents,
    chineseChars: stated.tokenize_chinese_chars,
    addBos: stated.add_bos_token,
    addEos: stated.add_eos_token,
    prefixSpace: stated.add_prefix_space,
    extraIds: stated.extra_ids,
    added: [...inDecoder, ...inFile],
    named: [...(stated.additional_special_tokens ?? []), ...(stated.extra_special_tokens ?? [])],
  });
}

type Raw = { [Name in keyof TokenizerSettings]: TokenizerSettings[Name] | null | undefined };

/** Without the fields that nobody set: null is as good as no word. */
function said(raw: Raw): TokenizerSettings {
  const kept = Object.entries(raw).filter(([name, value]) => name === 'className' || value != null);
  return Object.fromEntries(kept) as unknown as TokenizerSettings;
}

function named(source: Partial<Record<SpecialName, unknown>>): SpecialTokens {
  return Object.fromEntries(NAMES.flatMap((name) => (typeof source[name] === 'string' ? [[name, source[name]]] : [])));
}

/** added_tokens.json of older checkpoints: the tokens' ids by what they say. */
async function addedTokens(
  folder: Folder,
  file: string,
  special: SpecialTokens,
  faults: Faults,
): Promise<AddedToken[]> {
  if (!folder.files.has(file)) return [];
  const ids = await faults.attempt(() => readJson(folder, file, z.record(z.string().min(1), z.number().int().min(0))));
  const marked = new Set(Object.values(special));
  return Object.entries(ids ?? {}).map(([content, id]) => ({
    ...specialToken(content, id),
    special: marked.has(content),
    normalized: !marked.has(content),
  }));
}

/** Such a class puts the unknown token there. */
function withoutToken(file: string, name: SpecialName): Fault {
  const remedy = 'name the token that the model was trained with';
  return faultOf({ file, found: `says \`${name}\` is null`, expected: 'a token', remedy, gravity: 'setting' });
}

function unknownClass(file: string, name: string): { faults: readonly Fault[] } {
  return new CheckpointFault({
    file,
    found: `names the class ${name.slice(0, 80)}, and GDBench does not know what that does to texts and ids`,
    expected: KNOWN_CLASSES.join(', '),
    remedy:
      'where tokenizer.json alone says all that the model was trained with, write PreTrainedTokenizerFast as `tokenizer_class`',
    gravity: 'setting',
  });
}
