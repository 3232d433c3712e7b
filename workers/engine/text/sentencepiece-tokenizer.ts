import { type AddedToken, specialToken } from './added-token.ts';
import { lowerCase, type Normalize } from './normalizers.ts';
import { PieceType, readSentencePiece, type SentencePieceModel } from './sentencepiece-model.ts';
import { plainName } from './tokenizer-classes.ts';
import type { TokenizerFileInput } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';
import { lacksToken, type VocabularyFile, withoutJson } from './vocabulary-fault.ts';

const SPACE = '\u2581';
/** Python's whitespace, which `\s` and `strip` mean there. */
const WHITESPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const RUNS = new RegExp(`${WHITESPACE}+`, 'gu');
const ENDS = new RegExp(`^${WHITESPACE}+|${WHITESPACE}+$`, 'gu');
const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** A tokenizer out of a SentencePiece model: the ids of its pieces, and what stands for its normalizer. */
interface SentencePieceSource {
  readonly json: TokenizerFileInput;
  readonly normalise: Normalize;
  readonly pad: string;
}

type Read = (at: VocabularyFile, model: SentencePieceModel, settings: TokenizerSettings) => SentencePieceSource;

/** The classes whose numbering of pieces is known. */
const CLASSES: Readonly<Record<string, Read>> = { Siglip: siglip, T5: t5, XLMRoberta: xlmRoberta };

/** What can be read, as a noun. */
export const READ_CLASSES = `a SentencePiece model of ${Object.keys(CLASSES)
  .map((name) => `${name}Tokenizer`)
  .join(', ')}`;

/**
 * A tokenizer out of a SentencePiece Unigram model, as transformers' SiglipTokenizer, T5Tokenizer and XLMRobertaTokenizer read it.
 *
 * @throws CheckpointFault when the model is of another kind, or belongs to a class that numbers its pieces otherwise.
 */
export function sentencePieceSource(
  at: VocabularyFile,
  bytes: Uint8Array,
  settings: TokenizerSettings,
): SentencePieceSource {
  const { className } = settings;
  const read = className === null ? undefined : CLASSES[plainName(className)];
  if (read) return read(at, readSentencePiece(at, bytes), settings);
  throw withoutJson(at, {
    found:
      className === null ? 'comes without `tokenizer_class` in tokenizer_config.json' : `comes with a ${className}`,
    expected: READ_CLASSES,
  });
}

/** The model's own ids; the end token behind a text, nothing before it. */
function siglip(at: VocabularyFile, model: SentencePieceModel, settings: TokenizerSettings): SentencePieceSource {
  const pad = settings.special.pad_token ?? '</s>';
  const json = ownIds(at, model, settings, pad);
  return {
    json: { ...json, added_tokens: json.added_tokens?.map((token) => ({ ...token, lstrip: true, rstrip: true })) },
    pad,
    normalise: siglipNormaliser(model, settings.lowerCase ?? true),
  };
}

/** As the one before, with `<extra_id_n>` behind the model's pieces, the last one first. */
function t5(at: VocabularyFile, model: SentencePieceModel, settings: TokenizerSettings): SentencePieceSource {
  const pad = settings.special.pad_token ?? '<pad>';
  const json = ownIds(at, model, settings, pad);
  const count = settings.extraIds ?? 100;
  const extra = Array.from({ length: count }, (_, n) =>
    specialToken(`<extra_id_${n}>`, model.pieces.length + count - 1 - n),
  );
  return {
    json: { ...json, added_tokens: [...(json.added_tokens ?? []), ...extra] },
    pad,
    normalise: plain(model, settings),
  };
}

function ownIds(
  { file }: VocabularyFile,
  model: SentencePieceModel,
  { special }: TokenizerSettings,
  pad: string,
): TokenizerFileInput {
  const ids = new Map(model.pieces.map(({ piece }, id) => [piece, id]));
  const end = special.eos_token ?? '</s>';
  const endId = ids.get(end);
  if (endId === undefined) throw lacksToken(file, end);
  const marked = [...new Set([end, pad, special.unk_token ?? '<unk>'])];
  return {
    added_tokens: marked.flatMap((name) => (ids.has(name) ? [specialToken(name, ids.get(name)!)] : [])),
    post_processor: framed([], [[end, endId]]),
    model: {
      type: 'Unigram',
      unk_id: model.pieces.findIndex(({ type }) => type === PieceType.unknown),
      byte_fallback: model.byteFallback,
      vocab: vocabulary(model),
    },
  };
}

/**
 * fairseq's ids: its own four tokens, then the model's pieces one further on, without the three that the model begins with, and the
 * mask last.
 */
function xlmRoberta(at: VocabularyFile, model: SentencePieceModel, settings: TokenizerSettings): SentencePieceSource {
  const begins = model.pieces.slice(0, 3).map(({ type }) => type);
  if (begins[0] !== PieceType.unknown || begins.slice(1).some((type) => type === PieceType.normal)) {
    throw withoutJson(at, {
      found: `begins with the pieces ${model.pieces
        .slice(0, 3)
        .map(({ piece }) => piece.slice(0, 20))
        .join(', ')}`,
      expected: '<unk>, <s>, </s>, as a model of XLMRobertaTokenizer has them',
    });
  }
  const [start, pad, end, unknown] = ['<s>', '<pad>', '</s>', '<unk>'];
  const pieces = vocabulary(model);
  const hidden = (name: string): [string, number] => [`\0\ufffe${name}`, pieces[0]![1]];
  const vocab = [start, pad, end, unknown].map(hidden).concat(pieces.slice(3), [hidden('<mask>')]);
  const added: AddedToken[] = [start, pad, end, unknown].map((name, id) => specialToken(name, id));
  return {
    json: {
      added_tokens: [...added, { ...specialToken('<mask>', vocab.length - 1), lstrip: true }],
      post_processor: framed([[start, 0]], [[end, 2]]),
      model: { type: 'Unigram', unk_id: 3, byte_fallback: model.byteFallback, vocab },
    },
    pad,
    normalise: plain(model, settings),
  };
}

type Token = readonly [name: string, id: number];

function framed(before: readonly Token[], behind: readonly Token[]) {
  const around = (tokens: readonly Token[]) => tokens.map(([id]) => ({ SpecialToken: { id, type_id: 0 } }));
  return {
    type: 'TemplateProcessing',
    single: [...around(before), { Sequence: { id: 'A', type_id: 0 } }, ...around(behind)],
    special_tokens: Object.fromEntries([...before, ...behind].map(([id, at]) => [id, { id, ids: [at], tokens: [id] }])),
  };
}

/**
 * Pieces and scores by the model's own ids. What is no normal piece never stands for a text's own characters: its name here is one
 * that no text can hold. Bytes keep theirs, by which they are found.
 */
function vocabulary({ pieces, byteFallback }: SentencePieceModel): [string, number][] {
  const normal = pieces.filter(({ type }) => type === PieceType.normal);
  const least = normal.reduce((min, { score }) => Math.min(min, score), Number.POSITIVE_INFINITY);
  return pieces.map(({ piece, score, type }, id) => {
    if (type === PieceType.normal) return [piece, score];
    return [byteFallback && type === PieceType.byte ? piece : `\0\ufffe${id}`, least];
  });
}

function plain(model: SentencePieceModel, { lowerCase: lower }: TokenizerSettings): Normalize {
  return (text) => normalised(model, lower ? lowerCase(text) : text);
}

/** What SentencePiece finds pieces in: characters mapped, extra spaces dropped, one put before the text, spaces written as U+2581. */
function normalised({ charsmap, removeExtraWhitespaces, addDummyPrefix }: SentencePieceModel, text: string): string {
  let out = charsmap.longest(text);
  if (removeExtraWhitespaces)
    out = out
      .replace(/ {2,}/g, ' ')
      .replace(/^ /, '')
      .replace(/[ \u2581]+$/, '');
  if (out === '') return '';
  return ((addDummyPrefix ? ' ' : '') + out).replaceAll(' ', SPACE);
}

/**
 * SiglipTokenizer takes letter case and ASCII punctuation away and puts a space of its own before the text; it encodes that behind
 * an unknown token, so that the space stays, and drops this token's pieces again.
 */
function siglipNormaliser(model: SentencePieceModel, lower: boolean): Normalize {
  const before = '<unk>';
  return (text) => {
    const spaced = SPACE + text.replaceAll(SPACE, ' ');
    const cased = lower ? spaced.toLowerCase() : spaced;
    const bare = cased.replace(ASCII_PUNCTUATION, '').replace(RUNS, ' ').replace(ENDS, '');
    const whole = normalised(model, before + bare);
    return whole.slice(whole.indexOf(before) + before.length);
  };
}
