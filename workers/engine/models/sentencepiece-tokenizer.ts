import protobuf from 'protobufjs';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Charsmap, readCharsmap } from './charsmap.ts';
import { addedToken, type TokenizerConfig, type TokenizerSource } from './tokenizer-files.ts';

/** The fields of sentencepiece_model.proto that encoding depends on. */
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Piece { optional string piece = 1; optional float score = 2; optional int32 type = 3 [default = 1]; }
  message Trainer { optional int32 model_type = 3 [default = 1]; optional bool treat_whitespace_as_suffix = 24;
    optional bool byte_fallback = 35; }
  message Normalizer { optional bytes precompiled_charsmap = 2; optional bool add_dummy_prefix = 3 [default = true];
    optional bool remove_extra_whitespaces = 4 [default = true]; optional bool escape_whitespaces = 5 [default = true]; }
  message Model { repeated Piece pieces = 1; optional Trainer trainer_spec = 2; optional Normalizer normalizer_spec = 3; }
`);
const modelType = root.lookupType('Model');

interface Model {
  readonly pieces: readonly { readonly piece: string; readonly score: number; readonly type: number }[];
  readonly trainerSpec: {
    readonly modelType: number;
    readonly treatWhitespaceAsSuffix: boolean;
    readonly byteFallback: boolean;
  };
  readonly normalizerSpec: {
    readonly precompiledCharsmap: Uint8Array;
    readonly addDummyPrefix: boolean;
    readonly removeExtraWhitespaces: boolean;
    readonly escapeWhitespaces: boolean;
  };
}

/** Of Piece.type and Trainer.model_type. */
const NORMAL = 1;
const UNKNOWN = 2;
const USER_DEFINED = 4;
const UNIGRAM = 1;

const SPACE = '\u2581';
/** Python's whitespace, which `\s` and `strip` mean there. */
const WHITESPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const RUNS = new RegExp(`${WHITESPACE}+`, 'gu');
const ENDS = new RegExp(`^${WHITESPACE}+|${WHITESPACE}+$`, 'gu');
const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** The classes whose ids are the model's own and whose texts end in the end token, nothing before them. */
const CLASSES: Readonly<Record<string, { pad: string; siglip: boolean; lower: boolean }>> = {
  Siglip: { pad: '</s>', siglip: true, lower: true },
  T5: { pad: '<pad>', siglip: false, lower: false },
};

/**
 * A tokenizer out of a SentencePiece Unigram model, as transformers' SiglipTokenizer and T5Tokenizer read it.
 *
 * @throws CheckpointFault when the model is of another kind, or belongs to a class that numbers its pieces otherwise.
 */
export function sentencePieceSource(file: string, bytes: Uint8Array, config: TokenizerConfig): TokenizerSource {
  const kind = CLASSES[(config.tokenizer_class ?? '').replace(/Tokenizer(Fast)?$/, '')];
  if (!kind) {
    const what = config.tokenizer_class ? `a ${config.tokenizer_class}` : 'no tokenizer_class in tokenizer_config.json';
    throw new CheckpointFault(
      file,
      `${file} comes with ${what}, and GDBench reads SentencePiece models of SiglipTokenizer and T5Tokenizer; add the tokenizer.json of this tokenizer.`,
    );
  }
  const model = decode(file, bytes);
  const { pieces, trainerSpec: trainer, normalizerSpec: normalizer } = model;
  const unlike = [
    trainer.modelType !== UNIGRAM && 'is no Unigram model',
    trainer.byteFallback && 'falls back to bytes',
    trainer.treatWhitespaceAsSuffix && 'puts the space after words',
    !normalizer.escapeWhitespaces && 'keeps spaces as they are',
    pieces.some(({ type }) => type === USER_DEFINED) && 'has pieces that its user defined',
  ].find((why) => why !== false);
  if (unlike) {
    throw new CheckpointFault(
      file,
      `${file} ${unlike}, which GDBench cannot read; add the tokenizer.json of this tokenizer.`,
    );
  }
  let charsmap: Charsmap;
  try {
    charsmap = readCharsmap(normalizer.precompiledCharsmap);
  } catch (error) {
    throw broken(file, (error as Error).message);
  }
  const positions = new Map(pieces.map(({ piece }, id) => [piece, id]));
  const end = config.eos_token ?? '</s>';
  const unknown = pieces.findIndex(({ type }) => type === UNKNOWN);
  const normal = pieces.filter(({ type }) => type === NORMAL);
  if (unknown < 0 || normal.length === 0) throw broken(file, 'it lacks pieces');
  if (!positions.has(end)) {
    throw new CheckpointFault(file, `${file} lacks the token ${end}; copy the tokenizer's files again.`);
  }
  const least = normal.reduce((min, { score }) => Math.min(min, score), Number.POSITIVE_INFINITY);
  const special = new Set([end, config.pad_token ?? kind.pad, config.unk_token ?? '<unk>']);
  return {
    file,
    pad: config.pad_token ?? kind.pad,
    normalise: kind.siglip
      ? siglipNormaliser(charsmap, normalizer, config.do_lower_case ?? kind.lower)
      : (text) => normalised(charsmap, normalizer, text),
    json: {
      added_tokens: [...special].flatMap((name) => {
        const id = positions.get(name);
        return id === undefined ? [] : [{ ...addedToken(name, id), lstrip: kind.siglip, rstrip: kind.siglip }];
      }),
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: end, type_id: 0 } }],
        pair: [],
        special_tokens: { [end]: { id: end, ids: [positions.get(end)], tokens: [end] } },
      },
      model: {
        type: 'Unigram',
        unk_id: unknown,
        // What is no normal piece never stands for a text's own characters: its name here is one that no text can hold.
        vocab: pieces.map(({ piece, score, type }, id) =>
          type === NORMAL ? [piece, score] : [`\0\ufffe${id}`, least],
        ),
      },
    },
  };
}

function decode(file: string, bytes: Uint8Array): Model {
  let model: Model;
  try {
    model = modelType.toObject(modelType.decode(bytes), { defaults: true, bytes: Buffer }) as unknown as Model;
  } catch {
    throw broken(file, 'its bytes do not parse as one');
  }
  if (!model.trainerSpec || !model.normalizerSpec) throw broken(file, 'it does not say how it was trained');
  return model;
}

function broken(file: string, why: string): CheckpointFault {
  return new CheckpointFault(file, `${file} is not a SentencePiece model that can be loaded (${why}); copy it again.`);
}

/** What SentencePiece finds pieces in: characters mapped, extra spaces dropped, one put before the text, spaces written as U+2581. */
function normalised(charsmap: Charsmap, spec: Model['normalizerSpec'], text: string): string {
  let out = charsmap.longest(text);
  if (spec.removeExtraWhitespaces)
    out = out
      .replace(/ {2,}/g, ' ')
      .replace(/^ /, '')
      .replace(/[ \u2581]+$/, '');
  if (out === '') return '';
  return ((spec.addDummyPrefix ? ' ' : '') + out).replaceAll(' ', SPACE);
}

/**
 * SiglipTokenizer takes letter case and ASCII punctuation away and puts a space of its own before the text; it encodes that behind
 * an unknown token, so that the space stays, and drops this token's pieces again.
 */
function siglipNormaliser(charsmap: Charsmap, spec: Model['normalizerSpec'], lower: boolean): (text: string) => string {
  const before = '<unk>';
  return (text) => {
    const spaced = SPACE + text.replaceAll(SPACE, ' ');
    const cased = lower ? spaced.toLowerCase() : spaced;
    const plain = cased.replace(ASCII_PUNCTUATION, '').replace(RUNS, ' ').replace(ENDS, '');
    const whole = normalised(charsmap, spec, before + plain);
    return whole.slice(whole.indexOf(before) + before.length);
  };
}
