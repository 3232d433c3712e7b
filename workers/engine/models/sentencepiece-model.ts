import protobuf from 'protobufjs';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Charsmap, readCharsmap } from './charsmap.ts';

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

export interface Piece {
  readonly piece: string;
  readonly score: number;
  /** Of PieceType. */
  readonly type: number;
}

/** SentencePiece's numbers for what a piece is. */
export const PieceType = { normal: 1, unknown: 2, userDefined: 4, byte: 6 } as const;
const UNIGRAM = 1;

/** A Unigram model whose pieces stand in texts as they are. */
export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  /** Whether a character that is in no piece is written as the bytes of its UTF-8. */
  readonly byteFallback: boolean;
  readonly charsmap: Charsmap;
  readonly removeExtraWhitespaces: boolean;
  readonly addDummyPrefix: boolean;
}

interface Message {
  readonly pieces: readonly Piece[];
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

/** @throws CheckpointFault when the bytes are no such model, or one of another kind. */
export function readSentencePiece(file: string, bytes: Uint8Array): SentencePieceModel {
  const { pieces, trainerSpec: trainer, normalizerSpec: normalizer } = decode(file, bytes);
  const unlike = [
    trainer.modelType !== UNIGRAM && 'is no Unigram model',
    trainer.treatWhitespaceAsSuffix && 'puts the space after words',
    !normalizer.escapeWhitespaces && 'keeps spaces as they are',
    pieces.some(({ type }) => type === PieceType.userDefined) && 'has pieces that its user defined',
  ].find((why) => why !== false);
  if (unlike) {
    throw new CheckpointFault({
      file,
      found: unlike,
      expected: 'a plain Unigram model',
      remedy: 'add the tokenizer.json of this tokenizer',
      gravity: 'setting',
    });
  }
  if (!pieces.some(({ type }) => type === PieceType.unknown) || !pieces.some(({ type }) => type === PieceType.normal))
    throw broken(file, 'it lacks pieces');
  return {
    pieces,
    byteFallback: trainer.byteFallback,
    charsmap: charsmapOf(file, normalizer.precompiledCharsmap),
    removeExtraWhitespaces: normalizer.removeExtraWhitespaces,
    addDummyPrefix: normalizer.addDummyPrefix,
  };
}

function charsmapOf(file: string, bytes: Uint8Array): Charsmap {
  try {
    return readCharsmap(bytes);
  } catch (error) {
    throw broken(file, (error as Error).message);
  }
}

function decode(file: string, bytes: Uint8Array): Message {
  let model: Message;
  try {
    model = modelType.toObject(modelType.decode(bytes), { defaults: true, bytes: Buffer }) as unknown as Message;
  } catch {
    throw broken(file, 'its bytes do not parse as one');
  }
  if (!model.trainerSpec || !model.normalizerSpec) throw broken(file, 'it does not say how it was trained');
  return model;
}

function broken(file: string, why: string): CheckpointFault {
  return new CheckpointFault(file, `${file} is not a SentencePiece model that can be loaded (${why}); copy it again.`);
}
