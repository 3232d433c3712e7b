import { remedy } from '@gdbench/storage/remedy';
import protobuf from 'protobufjs';
import type { CheckpointFault } from '../checkpoint/fault.ts';
import { type Charsmap, readCharsmap } from './charsmap.ts';
import { type VocabularyFile, withoutJson } from './vocabulary-fault.ts';

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
/** Of TrainerSpec.ModelType. */
const MODEL_TYPES: Readonly<Record<number, string>> = { 2: 'byte-pair encoding', 3: 'words', 4: 'characters' };

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
export function readSentencePiece(at: VocabularyFile, bytes: Uint8Array): SentencePieceModel {
  const { pieces, trainerSpec: trainer, normalizerSpec: normalizer } = decode(at, bytes);
  const unlike = [
    trainer.modelType !== UNIGRAM && `is a SentencePiece model of ${MODEL_TYPES[trainer.modelType] ?? 'another kind'}`,
    trainer.treatWhitespaceAsSuffix && 'puts the space after words',
    !normalizer.escapeWhitespaces && 'keeps spaces as they are',
    pieces.some(({ type }) => type === PieceType.userDefined) && 'has pieces that its user defined',
  ].find((why) => why !== false);
  if (unlike) throw withoutJson(at, { found: unlike, expected: 'a plain SentencePiece model of Unigram pieces' });
  if (!pieces.some(({ type }) => type === PieceType.unknown) || !pieces.some(({ type }) => type === PieceType.normal))
    throw broken(at, 'it lacks pieces');
  return {
    pieces,
    byteFallback: trainer.byteFallback,
    charsmap: charsmapOf(at, normalizer.precompiledCharsmap),
    removeExtraWhitespaces: normalizer.removeExtraWhitespaces,
    addDummyPrefix: normalizer.addDummyPrefix,
  };
}

function charsmapOf(at: VocabularyFile, bytes: Uint8Array): Charsmap {
  try {
    return readCharsmap(bytes);
  } catch (error) {
    throw broken(at, (error as Error).message);
  }
}

function decode(at: VocabularyFile, bytes: Uint8Array): Message {
  let model: Message;
  try {
    model = modelType.toObject(modelType.decode(bytes), { defaults: true, bytes: Buffer }) as unknown as Message;
  } catch {
    throw broken(at, 'its bytes do not parse as one');
  }
  if (!model.trainerSpec || !model.normalizerSpec) throw broken(at, 'it does not say how it was trained');
  return model;
}

function broken({ file, makeJson }: VocabularyFile, why: string): CheckpointFault {
  const found = `is not a SentencePiece model that can be loaded (${why})`;
  return withoutJson(
    { file, makeJson: remedy`copy it again, or ${makeJson}` },
    { found, expected: 'a SentencePiece model' },
    'file',
  );
}
