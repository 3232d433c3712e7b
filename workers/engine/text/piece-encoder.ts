import { Tokenizer } from '@huggingface/tokenizers';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type AddedToken, isNormalised } from './added-token.ts';
import { addedTokens } from './added-tokens.ts';
import { classNormalizer } from './letter-case.ts';
import { type Normalize, UnknownStep } from './normalizers.ts';
import { type PreTokenize, prefixes, preTokenizer } from './pre-tokenizers.ts';
import { type Misfit, misfit } from './settings-misfit.ts';
import { checkFrame, type Frame, frameOf } from './text-frame.ts';
import type { TokenizerSource } from './tokenizer-files.ts';
import { idsOf, type Step, type TokenizerFile } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

/** A tokenizer without cutting and padding. */
export interface PieceEncoder extends Frame {
  readonly idOf: (token: string) => number | undefined;
  /** The ids of a text's pieces, nothing around them; undefined for a piece that has none. */
  encode(text: string): (number | undefined)[];
}

/**
 * Puts a tokenizer together: texts are normalised and cut into words by steps of our own, words into pieces by the tokenizers
 * library.
 *
 * @throws CheckpointFault where the files hold something that is not known, or contradict each other; whatever the library throws.
 */
export function pieceEncoder(source: TokenizerSource, settings: TokenizerSettings): PieceEncoder {
  const { file, json } = source;
  try {
    const ids = idsOf(json);
    const added = addedTokens(json, settings, ids);
    const idOf = (token: string) => ids.get(token);
    const frame = fitting(settings, checkFrame(frameOf(json.post_processor), settings, idOf));
    checkUnknown(source, settings);
    checkMade(source, settings);
    const normalise =
      source.normalise ?? fitting(settings, classNormalizer(json.normalizer ?? null, settings)).normalise;
    const words = preTokenizerOf(source, settings);
    const tokenizer = assembled(json, added, normalise, words);
    return { ...frame, idOf, encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids };
  } catch (error) {
    if (!(error instanceof UnknownStep)) throw error;
    throw new CheckpointFault({
      file,
      found: `holds ${error.message}, which GDBench does not know`,
      expected: 'a tokenizer of known steps',
      remedy: 'give a model with a tokenizer of another kind',
      gravity: 'setting',
    });
  }
}

/** @throws CheckpointFault where tokenizer_config.json says what the files leave no way to obey. */
function fitting<T extends object>({ file }: TokenizerSettings, of: T | Misfit): T {
  if (!('found' in of)) return of;
  throw misfit(file, of);
}

/** @throws CheckpointFault when two tokens are named for what is in no vocabulary. */
function checkUnknown({ json: { model }, normalise }: TokenizerSource, { file, special }: TokenizerSettings): void {
  const own = model.type === 'Unigram' ? model.vocab[model.unk_id]?.[0] : model.unk_token;
  const named = special.unk_token;
  if (normalise || own == null || named === undefined || named === own) return;
  throw misfit(file, {
    found: `names ${named.slice(0, 60)} as \`unk_token\``,
    expected: `${own.slice(0, 60)}, which the model has for it`,
  });
}

/** @throws CheckpointFault where the class named would make another tokenizer of the vocabulary than tokenizer.json says. */
function checkMade(
  { json, normalise }: TokenizerSource,
  { file, className, kind: { makes } }: TokenizerSettings,
): void {
  if (makes === null || normalise) return;
  const { model, normalizer, preTokenizer, bytes, ends } = makes;
  const inBytes = leaves(json.pre_tokenizer).includes('ByteLevel');
  const withEnds = json.model.type === 'BPE' && Boolean(json.model.end_of_word_suffix);
  const has = (step: Step | null | undefined, type: string | undefined) =>
    type === undefined || leaves(step).includes(type);
  const unlike = [
    json.model.type !== model && `a ${json.model.type} model`,
    !has(json.normalizer, normalizer) && `no ${normalizer}`,
    !has(json.pre_tokenizer, preTokenizer) && `no step ${preTokenizer}`,
    bytes !== undefined && bytes !== inBytes && `${inBytes ? 'a' : 'no'} step ByteLevel`,
    ends !== undefined && ends !== withEnds && `${withEnds ? '' : 'no '}ends of words`,
  ].find((what) => what !== false);
  if (unlike === undefined) return;
  throw misfit(file, {
    found: `says that the tokenizer is a ${className}, and tokenizer.json holds ${unlike}`,
    expected: 'the class that tokenizer.json is of (PreTrainedTokenizerFast where it says all)',
  });
}

/** The types of a step, or of those in a sequence. */
function leaves(step: Step | null | undefined): string[] {
  if (!step) return [];
  const inner = step.normalizers ?? step.pretokenizers;
  return step.type === 'Sequence' && Array.isArray(inner) ? inner.flatMap(leaves) : [step.type];
}

/** `add_prefix_space` sets the byte-level step of the classes that obey it, and elsewhere must say what is done anyway. */
function preTokenizerOf({ json, normalise }: TokenizerSource, settings: TokenizerSettings): PreTokenize | null {
  const { kind, prefixSpace } = settings;
  const step = json.pre_tokenizer ?? null;
  if (kind.prefixSpace && step?.type === 'ByteLevel')
    return preTokenizer({ ...step, add_prefix_space: prefixSpace ?? false });
  const prefixed = normalise !== undefined || (step !== null && prefixes(step)) || prepends(json.normalizer ?? null);
  if (prefixSpace !== undefined && prefixSpace !== prefixed) {
    throw misfit(settings.file, {
      found: `says \`add_prefix_space\` is ${prefixSpace}`,
      expected: `${prefixed}, which is what the tokenizer does`,
    });
  }
  return step && preTokenizer(step);
}

function prepends(step: Step | null): boolean {
  const steps = step?.type === 'Sequence' ? (step.normalizers as Step[]) : step ? [step] : [];
  return steps.some(({ type }) => type === 'Prepend');
}

type Model = (words: string[]) => string[];

function assembled(
  { model }: TokenizerFile,
  added: readonly AddedToken[],
  normalise: Normalize | null,
  words: PreTokenize | null,
): Tokenizer {
  const written = added.map((token) =>
    isNormalised(token) && normalise ? { ...token, content: normalise(token.content) } : token,
  );
  const tokenizer = new Tokenizer(
    {
      // The library looks for normalised tokens behind a normalizer only: ours takes this one's place.
      normalizer: { type: 'Sequence', normalizers: [] },
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      added_tokens: written.filter(({ content }) => content !== ''),
      model,
    } as never,
    {},
  );
  const steps = tokenizer as unknown as { normalizer: Normalize; pre_tokenizer: unknown; model: { _call: Model } };
  // The part that was normalised last, until its first words are cut; null where its own first character was dropped.
  let begun: string | null = null;
  steps.normalizer = (text) => {
    const out = normalise ? normalise(text) : text;
    begun = out !== '' && normalise?.(String.fromCodePoint(text.codePointAt(0)!)) === '' ? null : out;
    return out;
  };
  steps.pre_tokenizer =
    words &&
    ((text: string, { section_index: at }: { section_index: number }) => {
      const first = at === 0 && begun !== null && begun.startsWith(text);
      begun = null;
      return words(text, first);
    });
  const whole = steps.model._call.bind(steps.model);
  const inBytes = model.type !== 'WordPiece' && model.byte_fallback === true;
  const drops = model.type === 'BPE' && model.unk_token == null && !model.end_of_word_suffix;
  const has = (character: string) =>
    tokenizer.token_to_id(character) !== undefined || (inBytes && bytesOf(character, tokenizer)[0] !== character);
  // Word by word, for the library joins unknown characters across words, and merges across those that it drops.
  steps.model._call = (list) =>
    list.flatMap((word) => {
      const pieces = whole([drops ? Array.from(word).filter(has).join('') : word]);
      return inBytes ? pieces.flatMap((piece) => bytesOf(piece, tokenizer)) : pieces;
    });
  return tokenizer;
}

/** A piece that is in no vocabulary as the bytes of its UTF-8, where each of them is in it. */
function bytesOf(piece: string, tokenizer: Tokenizer): string[] {
  if (tokenizer.token_to_id(piece) !== undefined) return [piece];
  const bytes = Array.from(Buffer.from(piece), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  return bytes.every((byte) => tokenizer.token_to_id(byte) !== undefined) ? bytes : [piece];
}
