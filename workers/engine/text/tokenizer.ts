import { CheckpointFault, Faults } from '../checkpoint/fault.ts';
import type { Folder } from '../checkpoint/folder.ts';
import { type PieceEncoder, pieceEncoder } from './piece-encoder.ts';
import { contradictions, type LengthSources, LONGEST, type TextLength, textLength } from './text-length.ts';
import { withinTime } from './time-limit.ts';
import { findTokenizer, type TokenizerSource } from './tokenizer-files.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';
import { lacksToken } from './vocabulary-fault.ts';

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

/** What the text model's config and graph say. */
export interface ModelText extends LengthSources {
  /** Rows of the text model's embedding, where its config says so. */
  readonly vocabSize?: number | undefined;
  /** Milliseconds that opening the tokenizer, and then each text, may take. */
  readonly patience?: { readonly opening?: number; readonly text?: number };
}

/**
 * Milliseconds on the clock. A text takes well below one; what takes this long is a pattern that tries without end. Opening takes
 * a second where the vocabulary is large, and far more on a machine that is busy, which is no fault of the tokenizer's.
 */
const PATIENCE = { opening: 120_000, text: 10_000 };

/**
 * Opens a tokenizer (GDBENCH.md 1.4), whichever of its files are there.
 *
 * @param dir folder inside the checkpoint, '' for its root.
 * @throws CheckpointFault with all that is wrong with its files.
 */
export async function openTokenizer(folder: Folder, dir: string, text: ModelText): Promise<TextTokenizer> {
  const { source, settings } = await findTokenizer(folder, dir);
  const limits = { ...PATIENCE, ...text.patience };
  const encoder = guarded(source.file, 'to be opened', limits.opening, () => pieceEncoder(source, settings));
  const faults = new Faults();
  const length = await faults.attempt(() => checkedLength(source, settings, text, encoder));
  const pad = await faults.attempt(() => padding(source, settings, encoder));
  await faults.attempt(() => checkNamed(settings, encoder));
  if (length && pad) for (const fault of disagreements(source, settings, length, pad)) faults.add(...fault.faults);
  faults.settle();
  const { vocabSize } = text;
  const encode = encoding({ source, settings, encoder, length: length!.tokens, pad: pad!.id, vocabSize });
  // A tokenizer that gives even this no id is refused before any text is scored.
  encode('a', limits.opening);
  return { length: length!.tokens, encode: (words) => encode(words, limits.text) };
}

function checkedLength(
  { file, json }: TokenizerSource,
  settings: TokenizerSettings,
  sources: LengthSources,
  { start, end }: PieceEncoder,
): TextLength {
  const length = textLength(sources, settings, json);
  if (!length) {
    throw new CheckpointFault({
      file,
      found: 'has no token length',
      expected:
        "one by the text graph, by model_max_length in tokenizer_config.json, by the text config's max_position_embeddings or by the model type",
      remedy: 'set model_max_length to the tokens that the model was trained with',
      gravity: 'setting',
    });
  }
  const { tokens, source } = length;
  const least = start.length + end.length;
  if (Number.isInteger(tokens) && tokens >= least && tokens <= LONGEST) return length;
  throw new CheckpointFault({
    file,
    found: `pads texts to ${tokens} tokens (${source})`,
    expected: `a whole number from ${least}, that of the start and end tokens, to ${LONGEST}`,
    remedy: 'set model_max_length in tokenizer_config.json to what the model was trained with',
    gravity: 'setting',
  });
}

interface Pad {
  readonly id: number;
  readonly token: string;
}

/** The token that the files declare; else what kind or class pads with: CLIP its end token, the others their own, or the id 0. */
function padding(
  { file, json, pad }: TokenizerSource,
  { kind, special }: TokenizerSettings,
  { idOf }: PieceEncoder,
): Pad {
  const declared = special.pad_token ?? json.padding?.pad_token;
  if (declared != null) {
    const id = idOf(declared);
    if (id !== undefined) return { id, token: declared };
    throw lacksToken(file, declared, 'the padding token');
  }
  const clip =
    json.model.type === 'BPE' && json.model.end_of_word_suffix ? (special.eos_token ?? '<|endoftext|>') : null;
  for (const token of [pad, kind.pad, clip, '[PAD]', '<pad>']) {
    const id = token == null ? undefined : idOf(token);
    if (token != null && id !== undefined) return { id, token };
  }
  return { id: 0, token: 'the padding' };
}

/** @throws CheckpointFault when tokenizer_config.json names tokens that the vocabulary has not. */
function checkNamed({ file, named }: TokenizerSettings, { idOf }: PieceEncoder): void {
  const missing = named.find((name) => idOf(name) === undefined);
  if (missing === undefined) return;
  throw new CheckpointFault({
    file,
    found: `names the special token ${missing.slice(0, 60)}`,
    expected: 'a token of the vocabulary',
    remedy: "copy the tokenizer's files again, all from one place",
    gravity: 'setting',
  });
}

function disagreements(
  { file, json }: TokenizerSource,
  settings: TokenizerSettings,
  length: TextLength,
  pad: Pad,
): CheckpointFault[] {
  const found = contradictions(file, json, settings, length, pad);
  return found.map((parts) => new CheckpointFault({ ...parts, gravity: 'setting' }));
}

interface Parts {
  readonly source: TokenizerSource;
  readonly settings: TokenizerSettings;
  readonly encoder: PieceEncoder;
  readonly length: number;
  readonly pad: number;
  readonly vocabSize: number | undefined;
}

/** Encodes a text within some milliseconds. */
function encoding({
  source,
  settings,
  encoder,
  length,
  pad,
  vocabSize,
}: Parts): (text: string, limit: number) => Tokens {
  const { file, json } = source;
  const room = length - encoder.start.length - encoder.end.length;
  const padLeft = (settings.paddingSide ?? json.padding?.direction ?? settings.kind.padding).toLowerCase() === 'left';
  const cutLeft = (settings.truncationSide ?? json.truncation?.direction ?? 'right').toLowerCase() === 'left';
  const misnumbered = (given: string, expected: string, text: string) =>
    new CheckpointFault({
      file,
      found: `gives a token of "${text.slice(0, 60)}" ${given}`,
      expected,
      remedy: 'copy the tokenizer that the model was trained with, all files from one place',
      gravity: 'setting',
    });
  const checked = (id: number | undefined, text: string): number => {
    if (id === undefined || !Number.isInteger(id) || id < 0) {
      throw misnumbered('no id', 'one of its vocabulary', text);
    }
    if (vocabSize !== undefined && id >= vocabSize) {
      throw misnumbered(`the id ${id}`, `one of the ${vocabSize} tokens of the model's config (vocab_size)`, text);
    }
    return id;
  };
  checked(pad, '');
  return (text, limit) => {
    const words = guarded(file, `for the text "${text.slice(0, 60)}"`, limit, () => encoder.encode(text));
    const kept = cutLeft ? words.slice(Math.max(0, words.length - room)) : words.slice(0, room);
    const used = [...encoder.start, ...kept, ...encoder.end].map((id) => checked(id, text));
    const at = padLeft ? length - used.length : 0;
    const padded = new Int32Array(length).fill(pad);
    padded.set(used, at);
    const [from, to] = settings.masked ? [at, at + used.length] : [0, length];
    return { ids: padded, mask: new Int32Array(length).fill(1, from, to) };
  };
}

/** Runs the library on a file that may hold anything. */
function guarded<T>(file: string, what: string, limit: number, work: () => T): T {
  let done: { readonly value: T } | null;
  try {
    done = withinTime(limit, work);
  } catch (error) {
    if (error instanceof CheckpointFault) throw error;
    const why = error instanceof Error ? error.message : 'unknown kind';
    throw new CheckpointFault({
      file,
      found: `is not a tokenizer that can be loaded (${why})`,
      expected: 'a tokenizer',
      remedy: "copy the tokenizer's files again, all from one place",
      gravity: 'file',
    });
  }
  if (done) return done.value;
  throw new CheckpointFault({
    file,
    found: `takes more than ${limit / 1000} s ${what}: one of its patterns tries without end, or its vocabulary is too large`,
    expected: 'a tokenizer that is done in less',
    remedy: 'simplify it',
    gravity: 'setting',
  });
}
