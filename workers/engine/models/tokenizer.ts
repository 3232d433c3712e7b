import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Folder } from '../checkpoint/folder.ts';
import { readCharsmap } from './charsmap.ts';
import { withinTime } from './time-limit.ts';
import { findTokenizer, type TokenizerConfig, type TokenizerSource } from './tokenizer-files.ts';

/** A text as a model takes it: both lists have the tokenizer's length. */
export interface Tokens {
  readonly ids: Int32Array;
  /** 1 for a token of the text, its start and its end; 0 for padding. All 1 where the tokenizer's files say that its model takes no mask. */
  readonly mask: Int32Array;
}

export interface TextTokenizer {
  /** Tokens of every encoded text. */
  readonly length: number;
  /** @throws CheckpointFault when the tokenizer fails on the text, or gives an id that the model does not have. */
  encode(text: string): Tokens;
}

export interface ModelText {
  /** Tokens that the text graph itself insists on. */
  readonly graphLength?: number | undefined;
  /** Tokens that open_clip's config states, which go before what the tokenizer's files do. */
  readonly contextLength?: number | undefined;
  /** config.json's model_type, whose class may have a length of its own. */
  readonly modelType?: string | undefined;
  /** The text config's max_position_embeddings, for tokenizers that state no length. */
  readonly maxPositions?: number | undefined;
  /** Rows of the text model's embedding, where its config says so. */
  readonly vocabSize?: number | undefined;
  /** Milliseconds that opening the tokenizer, and then each text, may take. */
  readonly patience?: { readonly opening?: number; readonly text?: number };
}

const ids = z.number().int().min(0).max(0x7fffffff);
const vocab = z.record(z.string(), ids);
const piece = z.tuple([z.string(), z.number()]).rest(z.unknown());
const model = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('BPE'),
    vocab,
    merges: z.array(z.union([z.string(), z.array(z.string()).length(2)])),
    end_of_word_suffix: z.string().nullish(),
    continuing_subword_prefix: z.literal('').nullish(),
  }),
  z.looseObject({
    type: z.literal('WordPiece'),
    vocab,
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
  }),
  z.looseObject({
    type: z.literal('Unigram'),
    vocab: z.array(piece).min(1),
    unk_id: ids,
    byte_fallback: z.literal(false).nullish(),
  }),
]);
const part = z.looseObject({ type: z.string() }).nullable().default(null);
const tokenizerFile = z.looseObject({
  // Files from before the field was written have no type; their other fields tell.
  model: z.preprocess((value) => (isObject(value) ? { ...value, type: value.type ?? guessType(value) } : value), model),
  // The library insists on these keys, which a tokenizer.json may leave out.
  normalizer: part,
  pre_tokenizer: part,
  post_processor: part,
  added_tokens: z.array(z.looseObject({ id: ids, content: z.string().min(1) })).default([]),
  padding: z.looseObject({ pad_token: z.string().nullish() }).nullish().catch(undefined),
});
type TokenizerFile = z.output<typeof tokenizerFile>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function guessType(of: Record<string, unknown>): string | undefined {
  if (Array.isArray(of.vocab)) return 'Unigram';
  if (of.merges !== undefined) return 'BPE';
  return of.continuing_subword_prefix === undefined ? undefined : 'WordPiece';
}

/** Above this a model_max_length means "none" (transformers writes 1e30). */
const NO_LENGTH = 1e6;
/** Longer texts than any text encoder's, and short enough that a batch of them fits in memory. */
const LONGEST = 8192;
/**
 * Milliseconds on the clock. A text takes well below one; what takes this long is a pattern that tries without end. Opening takes
 * a second where the vocabulary is large, and far more on a machine that is busy, which is no fault of the tokenizer's.
 */
const PATIENCE = { opening: 120_000, text: 10_000 };

/**
 * Opens a tokenizer (GDBENCH.md 1.4), whichever of its files are there.
 *
 * @param dir folder inside the checkpoint, '' for its root.
 * @param text what the text model's config says; a bare number is its max_position_embeddings.
 */
export async function openTokenizer(
  folder: Folder,
  dir: string,
  text: ModelText | number | undefined,
): Promise<TextTokenizer> {
  const model: ModelText = typeof text === 'number' ? { maxPositions: text } : (text ?? {});
  const { source, config } = await findTokenizer(folder, dir);
  const parsed = tokenizerFile.safeParse(source.json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw notATokenizer(source.file, `\`${issue?.path.join('.')}\`: ${issue?.message}`);
  }
  const length = lengthOf(
    source.file,
    model.graphLength ?? model.contextLength ?? config.model_max_length,
    model.maxPositions,
  );
  return build(source, parsed.data, config, length, model);
}

function notATokenizer(file: string, why: string): CheckpointFault {
  return new CheckpointFault(
    file,
    `${file} is not a tokenizer that can be loaded (${why}); export the tokenizer again.`,
  );
}

function lengthOf(file: string, stated: number | undefined, maxPositions: number | undefined): number {
  const length = stated !== undefined && stated <= NO_LENGTH ? stated : maxPositions;
  if (length !== undefined && length > LONGEST) {
    throw new CheckpointFault(
      file,
      `${file} pads texts to ${length} tokens, and GDBench feeds at most ${LONGEST}; set model_max_length in tokenizer_config.json to what the model was trained with.`,
    );
  }
  if (length !== undefined && Number.isInteger(length) && length >= 1) return length;
  throw new CheckpointFault(
    file,
    `${file} has no token length: neither model_max_length in tokenizer_config.json nor max_position_embeddings in the text config ` +
      'gives one; add one of them.',
  );
}

function build(
  source: TokenizerSource,
  parsed: TokenizerFile,
  config: TokenizerConfig,
  length: number,
  { vocabSize, patience = {} }: ModelText,
): TextTokenizer {
  const { file } = source;
  const limits = { ...PATIENCE, ...patience };
  const { tokenizer, frame } = guarded(file, 'to be opened', limits.opening, () => {
    const loaded = load(parsed, config, source);
    return { tokenizer: loaded, frame: frameOf(loaded) };
  });
  const room = length - frame.start.length - frame.end.length;
  if (room < 0) throw notATokenizer(file, `its length of ${length} leaves no room for the start and end tokens`);
  const pad = padId(tokenizer, parsed, config, source.pad);
  const masked = config.model_input_names?.includes('attention_mask') ?? true;
  const check = (id: number | undefined, text: string): void => {
    if (id === undefined || !Number.isInteger(id) || id < 0) {
      throw new CheckpointFault(
        file,
        `${file} gives a token of "${text.slice(0, 60)}" no id; export the tokenizer again.`,
      );
    }
    if (vocabSize !== undefined && id >= vocabSize) {
      throw new CheckpointFault(
        file,
        `${file} gives a token of "${text.slice(0, 60)}" the id ${id}, but the model's config has ${vocabSize} tokens (vocab_size); copy the tokenizer that the model was trained with.`,
      );
    }
  };
  check(pad, '');
  const encode = (text: string, limit: number): Tokens => {
    const words = guarded(
      file,
      `for the text "${text.slice(0, 60)}"`,
      limit,
      () => tokenizer.encode(text, { add_special_tokens: false }).ids,
    );
    const kept =
      config.truncation_side === 'left' ? words.slice(Math.max(0, words.length - room)) : words.slice(0, room);
    const used = [...frame.start, ...kept, ...frame.end];
    for (const id of used) check(id, text);
    const at = config.padding_side === 'left' ? length - used.length : 0;
    const padded = new Int32Array(length).fill(pad);
    padded.set(used, at);
    const mask = new Int32Array(length).fill(1, masked ? at : 0, masked ? at + used.length : length);
    return { ids: padded, mask };
  };
  // A tokenizer that gives even this no id is refused before any text is scored.
  encode('a', limits.opening);
  return { length, encode: (text) => encode(text, limits.text) };
}

/** Runs the library on a file that may hold anything. */
function guarded<T>(file: string, what: string, limit: number, work: () => T): T {
  let done: { readonly value: T } | null;
  try {
    done = withinTime(limit, work);
  } catch (error) {
    throw notATokenizer(file, error instanceof Error ? error.message : 'unknown kind');
  }
  if (done) return done.value;
  throw new CheckpointFault(
    file,
    `${file} takes more than ${limit / 1000} s ${what}: one of its patterns tries without end, or its vocabulary is too large; simplify it.`,
  );
}

type Normalizer = NonNullable<Tokenizer['normalizer']>;

function load(parsed: TokenizerFile, config: TokenizerConfig, source: TokenizerSource): Tokenizer {
  const special = Object.fromEntries(Object.entries(config).filter(([name]) => name.endsWith('_token')));
  const tokenizer = new Tokenizer({ ...parsed, decoder: null }, special);
  tokenizer.normalizer = source.normalise ? own(source.normalise) : exact(tokenizer.normalizer);
  return tokenizer;
}

/** A normaliser of ours in the library's pipeline, which calls it in either of two ways. */
function own(normalise: (text: string) => string): Normalizer {
  return Object.assign((text: string) => normalise(text), { normalize: normalise }) as unknown as Normalizer;
}

/**
 * Puts right where the library's normalisers differ from those that a tokenizer.json is written for: it stands NFKC in for a
 * SentencePiece character map, and writes a capital sigma that ends a word as a final one.
 */
function exact(normalizer: Normalizer | null): Normalizer | null {
  if (!normalizer) return null;
  const { type, precompiled_charsmap: map, lowercase } = normalizer.config as unknown as Record<string, unknown>;
  if (type === 'Precompiled')
    return own(readCharsmap(Buffer.from(typeof map === 'string' ? map : '', 'base64')).byGrapheme);
  if (type === 'Lowercase' || (type === 'BertNormalizer' && lowercase))
    return own((text) => normalizer.normalize(text.replaceAll('\u03a3', '\u03c3')));
  if (type === 'Sequence') {
    const sequence = normalizer as unknown as { normalizers: (Normalizer | null)[] };
    sequence.normalizers = sequence.normalizers.map(exact);
  }
  return normalizer;
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
function padId(tokenizer: Tokenizer, file: TokenizerFile, config: TokenizerConfig, kind: string | undefined): number {
  const clip = file.model.type === 'BPE' && Boolean(file.model.end_of_word_suffix);
  const names = [
    config.pad_token,
    file.padding?.pad_token,
    kind,
    clip ? (config.eos_token ?? '<|endoftext|>') : undefined,
    '[PAD]',
    '<pad>',
  ];
  for (const name of names) {
    const id = typeof name === 'string' ? tokenizer.token_to_id(name) : undefined;
    if (id !== undefined) return id;
  }
  return 0;
}
