import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Folder, readText } from '../checkpoint/folder.ts';
import { jsonObject, readJson } from '../checkpoint/json.ts';
import { clipTokenizerJson } from './clip-tokenizer.ts';

/** A text as a model takes it: both lists have the tokenizer's length. */
export interface Tokens {
  readonly ids: Int32Array;
  /** 1 for a token of the text, its start and its end; 0 for padding. */
  readonly mask: Int32Array;
}

export interface TextTokenizer {
  /** Tokens of every encoded text. */
  readonly length: number;
  encode(text: string): Tokens;
}

const token = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((t) => (typeof t === 'string' ? t : t.content));
const specialTokens = z.looseObject({
  bos_token: token.nullish().catch(undefined),
  eos_token: token.nullish().catch(undefined),
  unk_token: token.nullish().catch(undefined),
  pad_token: token.nullish().catch(undefined),
});
const tokenizerConfig = specialTokens.extend({
  model_max_length: z.number().nullish(),
  added_tokens_decoder: z.looseObject({}).nullish(),
});
const tokenizerFile = z.looseObject({
  model: z.looseObject({ type: z.string().nullish(), end_of_word_suffix: z.string().nullish() }),
  padding: z.looseObject({ pad_token: z.string().nullish() }).nullish().catch(undefined),
  added_tokens: z.array(z.looseObject({ id: z.number(), content: z.string() })).default([]),
});
type TokenizerFile = z.output<typeof tokenizerFile>;
export type SpecialTokens = Partial<Record<'bos_token' | 'eos_token' | 'unk_token' | 'pad_token', string>>;

/** Above this a model_max_length means "none" (transformers writes 1e30). */
const NO_LENGTH = 1e6;

/**
 * Opens a tokenizer from tokenizer.json, or from vocab.json and merges.txt. The files decide the kind.
 *
 * @param dir folder inside the checkpoint, '' for its root.
 * @param maxPositions the text config's max_position_embeddings, for tokenizers that state no length.
 */
export async function openTokenizer(
  folder: Folder,
  dir: string,
  maxPositions: number | undefined,
): Promise<TextTokenizer> {
  const at = (name: string) => (dir === '' ? name : `${dir}/${name}`);
  const has = (name: string) => folder.files.has(at(name));
  const config = has('tokenizer_config.json')
    ? await readJson(folder, at('tokenizer_config.json'), tokenizerConfig)
    : {};
  // As transformers does: a config without added_tokens_decoder is of the old kind, and special_tokens_map.json overrides it.
  const old = !('added_tokens_decoder' in config && config.added_tokens_decoder);
  const map =
    old && has('special_tokens_map.json') ? await readJson(folder, at('special_tokens_map.json'), specialTokens) : {};
  const special = strings({ ...config, ...strings(map) });

  let file: string;
  let json: unknown;
  if (has('tokenizer.json')) {
    file = at('tokenizer.json');
    json = await readJson(folder, file, jsonObject);
  } else if (has('vocab.json') && has('merges.txt')) {
    file = at('vocab.json');
    const vocab = await readJson(folder, file, z.record(z.string(), z.number().int().min(0)));
    json = clipTokenizerJson(file, vocab, await readText(folder, at('merges.txt')), special);
  } else {
    const where = dir === '' ? 'The folder' : `${dir}/`;
    throw new CheckpointFault(
      dir === '' ? 'tokenizer.json' : `${dir}/`,
      `${where} holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt is there; copy the tokenizer's files in.`,
    );
  }
  const parsed = tokenizerFile.safeParse(json);
  if (!parsed.success) throw notATokenizer(file, parsed.error.issues[0]?.message ?? 'its model is missing');
  const length = lengthOf(file, config.model_max_length ?? undefined, maxPositions);
  return build(file, json as object, parsed.data, special, length);
}

function strings(source: Record<string, unknown>): SpecialTokens {
  const names = ['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const;
  return Object.fromEntries(names.flatMap((name) => (typeof source[name] === 'string' ? [[name, source[name]]] : [])));
}

function notATokenizer(file: string, why: string): CheckpointFault {
  return new CheckpointFault(
    file,
    `${file} is not a tokenizer that can be loaded (${why}); export the tokenizer again.`,
  );
}

function lengthOf(file: string, stated: number | undefined, maxPositions: number | undefined): number {
  const length = stated !== undefined && stated <= NO_LENGTH ? stated : maxPositions;
  if (length !== undefined && Number.isInteger(length) && length >= 1) return length;
  throw new CheckpointFault(
    file,
    `${file} has no token length: neither model_max_length in tokenizer_config.json nor max_position_embeddings in the text config ` +
      'gives one; add one of them.',
  );
}

function build(
  file: string,
  json: object,
  parsed: TokenizerFile,
  special: SpecialTokens,
  length: number,
): TextTokenizer {
  let tokenizer: Tokenizer;
  let frame: { start: number[]; end: number[] };
  try {
    // The library insists on these keys, which a tokenizer.json may leave out.
    const keys = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
    tokenizer = new Tokenizer({ ...keys, ...json }, { ...special });
    frame = frameOf(tokenizer);
  } catch (error) {
    throw notATokenizer(file, error instanceof Error ? error.message : 'unknown kind');
  }
  const room = length - frame.start.length - frame.end.length;
  if (room < 0) throw notATokenizer(file, `its length of ${length} leaves no room for the start and end tokens`);
  const pad = padId(tokenizer, parsed, special);
  return {
    length,
    encode(text) {
      const words = idsOf(tokenizer, file, text).slice(0, room);
      const used = [...frame.start, ...words, ...frame.end];
      if (!used.every((id) => Number.isInteger(id) && id >= 0)) {
        throw new CheckpointFault(
          file,
          `${file} gives a token of "${text.slice(0, 60)}" no id; export the tokenizer again.`,
        );
      }
      const ids = new Int32Array(length).fill(pad);
      ids.set(used);
      return { ids, mask: new Int32Array(length).fill(1, 0, used.length) };
    },
  };
}

function idsOf(tokenizer: Tokenizer, file: string, text: string): number[] {
  try {
    return tokenizer.encode(text, { add_special_tokens: false }).ids;
  } catch (error) {
    throw notATokenizer(file, error instanceof Error ? error.message : 'it fails on a text');
  }
}

/** The tokens that the post-processor puts around every text. */
function frameOf(tokenizer: Tokenizer): { start: number[]; end: number[] } {
  const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a').ids;
  for (let start = 0; start + bare.length <= whole.length; start++) {
    if (bare.every((id: number, i: number) => whole[start + i] === id)) {
      return { start: whole.slice(0, start), end: whole.slice(start + bare.length) };
    }
  }
  throw new Error('its post-processor changes the text');
}

/** The declared padding token; else what the kind pads with: CLIP its end token, the others their own, or 0. */
function padId(tokenizer: Tokenizer, file: TokenizerFile, special: SpecialTokens): number {
  const clip = Boolean(file.model.end_of_word_suffix);
  const names = [
    special.pad_token,
    file.padding?.pad_token,
    clip ? (special.eos_token ?? '<|endoftext|>') : undefined,
    '[PAD]',
    '<pad>',
  ];
  for (const name of names) {
    const id = typeof name === 'string' ? tokenizer.token_to_id(name) : undefined;
    if (id !== undefined) return id;
  }
  return 0;
}
