import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { disguiseFault } from '../checkpoint/content.ts';
import { CheckpointFault, Faults } from '../checkpoint/fault.ts';
import { type Folder, pathOf, readText } from '../checkpoint/folder.ts';
import { readJson } from '../checkpoint/json.ts';
import { missingFile } from '../checkpoint/missing.ts';
import { clipTokenizerJson } from './clip-tokenizer.ts';
import type { Normalize } from './normalizers.ts';
import { READ_CLASSES, sentencePieceSource } from './sentencepiece-tokenizer.ts';
import { plainName } from './tokenizer-classes.ts';
import { type TokenizerFile, type TokenizerFileInput, tokenizerFile } from './tokenizer-json.ts';
import { readSettings, type TokenizerSettings } from './tokenizer-settings.ts';
import { makeJson, type VocabularyFile, withoutJson } from './vocabulary-fault.ts';
import { wordPieceTokenizerJson } from './wordpiece-tokenizer.ts';

/** A tokenizer as its files describe it. */
export interface TokenizerSource {
  /** For messages. */
  readonly file: string;
  /** A tokenizer.json, or what stands for it. */
  readonly json: TokenizerFile;
  /** Takes the place of the normalizer in `json`, letter case and all, for kinds that no tokenizer.json describes. */
  readonly normalise?: Normalize;
  /** What the tokenizer's kind pads with where its files are silent. */
  readonly pad?: string;
}

/** SentencePiece models have one of these endings; the names that exports give them go first. */
const SENTENCEPIECE = /^[^/]+\.(model|spm)$/i;
const USUAL_NAMES = ['spiece.model', 'sentencepiece.model', 'sentencepiece.bpe.model', 'spm.model', 'tokenizer.model'];
/** Real models have less than 10 MB. */
const LARGEST_SENTENCEPIECE = 64 * 2 ** 20;
/** The classes of vocab.json with merges.txt, and of vocab.txt. */
const OF_MERGES = ['CLIP'];
const OF_WORDS = ['Bert', 'DistilBert', 'Electra'];

/**
 * Finds a tokenizer: tokenizer.json, or the older files of CLIP (vocab.json, merges.txt), of BERT (vocab.txt) or of SentencePiece.
 * The files decide the kind.
 *
 * @param dir folder inside the checkpoint, '' for its root.
 * @throws CheckpointFault with all that is wrong with them.
 */
export async function findTokenizer(
  folder: Folder,
  dir: string,
): Promise<{ source: TokenizerSource; settings: TokenizerSettings }> {
  const at = (name: string) => (dir === '' ? name : `${dir}/${name}`);
  const faults = new Faults();
  const settings = await faults.attempt(() => readSettings(folder, at));
  const source = await faults.attempt(() => findSource(folder, dir, at, settings ?? null));
  faults.settle();
  return { source: source!, settings: settings! };
}

/** @param settings null where they are at fault; then there is no source either. */
async function findSource(
  folder: Folder,
  dir: string,
  at: (name: string) => string,
  settings: TokenizerSettings | null,
): Promise<TokenizerSource | null> {
  const has = (name: string) => folder.files.has(at(name));
  if (has('tokenizer.json')) {
    const file = at('tokenizer.json');
    return { file, json: await readJson(folder, file, tokenizerFile) };
  }
  const place = (name: string): VocabularyFile => ({
    file: at(name),
    makeJson: makeJson(folder.name, dir),
  });
  if (has('vocab.json') && has('merges.txt'))
    return fromMerges(folder, place('vocab.json'), at('merges.txt'), settings);
  if (has('vocab.txt')) return fromWords(folder, place('vocab.txt'), settings);
  const name = sentencePieceName(folder, at(''));
  if (name !== undefined) return fromSentencePiece(folder, place(name), settings);
  throw missingTokenizer(folder, at);
}

async function fromMerges(
  folder: Folder,
  place: VocabularyFile,
  mergesFile: string,
  settings: TokenizerSettings | null,
): Promise<TokenizerSource | null> {
  const faults = new Faults();
  const { file } = place;
  const vocab = await faults.attempt(() => readJson(folder, file, z.record(z.string(), z.number().int().min(0))));
  const merges = await faults.attempt(() => readText(folder, mergesFile));
  faults.settle();
  if (!settings) return null;
  checkClass(place, settings, OF_MERGES);
  const { special } = settings;
  return built(file, clipTokenizerJson(place, vocab!, merges!, special), special.eos_token ?? '<|endoftext|>');
}

async function fromWords(
  folder: Folder,
  place: VocabularyFile,
  settings: TokenizerSettings | null,
): Promise<TokenizerSource | null> {
  const { file } = place;
  const text = await readText(folder, file);
  if (!settings) return null;
  checkClass(place, settings, OF_WORDS);
  return built(file, wordPieceTokenizerJson(file, text, settings), '[PAD]');
}

/** @param at the tokenizer's folder with a slash, or nothing. */
function sentencePieceName({ files }: Folder, at: string): string | undefined {
  const names = [...files.keys()]
    .filter((file) => file.startsWith(at))
    .map((file) => file.slice(at.length))
    .filter((name) => SENTENCEPIECE.test(name))
    .sort();
  return USUAL_NAMES.find((name) => names.includes(name)) ?? names[0];
}

async function fromSentencePiece(
  folder: Folder,
  place: VocabularyFile,
  settings: TokenizerSettings | null,
): Promise<TokenizerSource> {
  const { file } = place;
  const size = folder.files.get(file) ?? 0;
  if (size > LARGEST_SENTENCEPIECE) {
    const expected = `a SentencePiece model of at most ${LARGEST_SENTENCEPIECE.toLocaleString('en')} bytes`;
    throw withoutJson(place, { found: `has ${size.toLocaleString('en')} bytes`, expected }, 'file');
  }
  const at = pathOf(folder, file);
  const disguise = await disguiseFault(at, { file, dir: folder.name }, 'a SentencePiece model');
  if (disguise) throw new CheckpointFault([disguise]);
  if (!settings) {
    const found = 'is a SentencePiece model beside settings that cannot be obeyed';
    throw withoutJson(place, { found, expected: READ_CLASSES });
  }
  const { json, ...rest } = sentencePieceSource(place, await readFile(at), settings);
  return { file, json: tokenizerFile.parse(json), ...rest };
}

/** What is missing, and what is there of it. */
function missingTokenizer(folder: Folder, at: (name: string) => string): CheckpointFault {
  const has = (name: string) => folder.files.has(at(name));
  const [half, other] = has('merges.txt') ? ['vocab.json', 'merges.txt'] : ['merges.txt', 'vocab.json'];
  if (has(other)) return missingFile(folder, at(half), `the file that belongs to ${other}, or a tokenizer.json,`);
  return missingFile(
    folder,
    at('tokenizer.json'),
    'a tokenizer (or its older files: vocab.json with merges.txt, vocab.txt or spiece.model)',
  );
}

function built(file: string, json: TokenizerFileInput, pad: string): TokenizerSource {
  return { file, json: tokenizerFile.parse(json), pad };
}

/** @throws CheckpointFault where the class named would read these files in another way. */
function checkClass(place: VocabularyFile, settings: TokenizerSettings, classes: readonly string[]): void {
  const { className, file: named } = settings;
  if (className === null || classes.includes(plainName(className))) return;
  throw withoutJson(place, {
    found: `is named by ${named} as that of a ${className}`,
    expected: `the vocabulary of a ${classes.map((name) => `${name}Tokenizer`).join(', ')}`,
  });
}
