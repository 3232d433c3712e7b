import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Folder, pathOf, readText } from '../checkpoint/folder.ts';
import { jsonObject, readJson } from '../checkpoint/json.ts';
import { clipTokenizerJson } from './clip-tokenizer.ts';
import { sentencePieceSource } from './sentencepiece-tokenizer.ts';
import { wordPieceTokenizerJson } from './wordpiece-tokenizer.ts';

/** A tokenizer as its files describe it. */
export interface TokenizerSource {
  /** For messages. */
  readonly file: string;
  /** A tokenizer.json, not checked yet. */
  readonly json: unknown;
  /** Takes the place of the normalizer in `json`, for kinds that no tokenizer.json describes. */
  readonly normalise?: (text: string) => string;
  /** What the tokenizer's class pads with where its files are silent. */
  readonly pad?: string;
}

const token = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((t) => (typeof t === 'string' ? t : t.content))
  .nullish()
  .catch(undefined);
const NAMES = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'cls_token', 'sep_token', 'mask_token'] as const;
type SpecialName = (typeof NAMES)[number];
const specialTokens = z.looseObject(
  Object.fromEntries(NAMES.map((name) => [name, token])) as Record<SpecialName, typeof token>,
);
const side = z.enum(['left', 'right']).nullish();
const tokenizerConfig = specialTokens.extend({
  tokenizer_class: z.string().nullish(),
  model_max_length: z.number().nullish(),
  added_tokens_decoder: z.looseObject({}).nullish(),
  model_input_names: z.array(z.string()).nullish(),
  padding_side: side,
  truncation_side: side,
  do_lower_case: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
});

export type SpecialTokens = Partial<Record<SpecialName, string>>;
/** What tokenizer_config.json says, special_tokens_map.json worked in. */
export interface TokenizerConfig extends SpecialTokens {
  readonly tokenizer_class?: string | undefined;
  readonly model_max_length?: number | undefined;
  readonly model_input_names?: readonly string[] | undefined;
  readonly padding_side?: 'left' | 'right' | undefined;
  readonly truncation_side?: 'left' | 'right' | undefined;
  readonly do_lower_case?: boolean | undefined;
  readonly tokenize_chinese_chars?: boolean | undefined;
  readonly strip_accents?: boolean | undefined;
}

/** SentencePiece models under the names that exports give them. */
const SENTENCEPIECE = ['spiece.model', 'sentencepiece.model', 'spm.model', 'tokenizer.model'];
/** Real models have less than 10 MB. */
const LARGEST_SENTENCEPIECE = 64 * 2 ** 20;

/** An entry of tokenizer.json's added_tokens for a special token. */
export function addedToken(content: string, id: number) {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/**
 * Finds a tokenizer: tokenizer.json, or the older files of CLIP (vocab.json, merges.txt), of BERT (vocab.txt) or of SentencePiece.
 * The files decide the kind.
 *
 * @param dir folder inside the checkpoint, '' for its root.
 * @throws CheckpointFault
 */
export async function findTokenizer(
  folder: Folder,
  dir: string,
): Promise<{ source: TokenizerSource; config: TokenizerConfig }> {
  const at = (name: string) => (dir === '' ? name : `${dir}/${name}`);
  const has = (name: string) => folder.files.has(at(name));
  const config = await readConfig(folder, at);
  if (has('tokenizer.json')) {
    const file = at('tokenizer.json');
    return { config, source: { file, json: await readJson(folder, file, jsonObject) } };
  }
  if (has('vocab.json') && has('merges.txt')) {
    const file = at('vocab.json');
    const vocab = await readJson(folder, file, z.record(z.string(), z.number().int().min(0)));
    const json = clipTokenizerJson(file, vocab, await readText(folder, at('merges.txt')), config);
    return { config, source: { file, json, pad: config.eos_token ?? '<|endoftext|>' } };
  }
  if (has('vocab.txt')) {
    const file = at('vocab.txt');
    return { config, source: { file, json: wordPieceTokenizerJson(file, await readText(folder, file), config) } };
  }
  const model = SENTENCEPIECE.find(has);
  if (model) {
    const file = at(model);
    const size = folder.files.get(file) ?? 0;
    if (size > LARGEST_SENTENCEPIECE) {
      throw new CheckpointFault(
        file,
        `${file} has ${size} bytes, more than the ${LARGEST_SENTENCEPIECE} of a SentencePiece model; add a tokenizer.json instead.`,
      );
    }
    return { config, source: sentencePieceSource(file, await readFile(pathOf(folder, file)), config) };
  }
  const where = dir === '' ? 'The folder' : `${dir}/`;
  throw new CheckpointFault(
    dir === '' ? 'tokenizer.json' : `${dir}/`,
    `${where} holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt, vocab.txt or spiece.model is there; copy the tokenizer's files in.`,
  );
}

/** As transformers does: a config without added_tokens_decoder is of the old kind, and special_tokens_map.json overrides it. */
async function readConfig(folder: Folder, at: (name: string) => string): Promise<TokenizerConfig> {
  const file = at('tokenizer_config.json');
  const stated = folder.files.has(file) ? await readJson(folder, file, tokenizerConfig) : tokenizerConfig.parse({});
  const map = at('special_tokens_map.json');
  const old = !stated.added_tokens_decoder && folder.files.has(map);
  const overrides = old ? await readJson(folder, map, specialTokens) : {};
  return {
    ...named(stated),
    ...named(overrides),
    tokenizer_class: stated.tokenizer_class ?? undefined,
    model_max_length: stated.model_max_length ?? undefined,
    model_input_names: stated.model_input_names ?? undefined,
    padding_side: stated.padding_side ?? undefined,
    truncation_side: stated.truncation_side ?? undefined,
    do_lower_case: stated.do_lower_case ?? undefined,
    tokenize_chinese_chars: stated.tokenize_chinese_chars ?? undefined,
    strip_accents: stated.strip_accents ?? undefined,
  };
}

function named(source: Partial<Record<SpecialName, unknown>>): SpecialTokens {
  return Object.fromEntries(NAMES.flatMap((name) => (typeof source[name] === 'string' ? [[name, source[name]]] : [])));
}
