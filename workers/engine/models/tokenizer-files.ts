import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Folder, pathOf, readText } from '../checkpoint/folder.ts';
import { readJson } from '../checkpoint/json.ts';
import { clipTokenizerJson } from './clip-tokenizer.ts';
import type { Normalize } from './normalizers.ts';
import { sentencePieceSource } from './sentencepiece-tokenizer.ts';
import { plainName } from './tokenizer-classes.ts';
import { type TokenizerFile, type TokenizerFileInput, tokenizerFile } from './tokenizer-json.ts';
import { readSettings, type TokenizerSettings } from './tokenizer-settings.ts';
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

/** SentencePiece models under the names that exports give them. */
const SENTENCEPIECE = [
  'spiece.model',
  'sentencepiece.model',
  'sentencepiece.bpe.model',
  'spm.model',
  'tokenizer.model',
];
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
 * @throws CheckpointFault
 */
export async function findTokenizer(
  folder: Folder,
  dir: string,
): Promise<{ source: TokenizerSource; settings: TokenizerSettings }> {
  const at = (name: string) => (dir === '' ? name : `${dir}/${name}`);
  const settings = await readSettings(folder, at);
  const source = await findSource(folder, at, settings);
  if (source) return { source, settings };
  const where = dir === '' ? 'The folder' : `${dir}/`;
  throw new CheckpointFault(
    dir === '' ? 'tokenizer.json' : `${dir}/`,
    `${where} holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt, vocab.txt or spiece.model is there; copy the tokenizer's files in.`,
  );
}

async function findSource(
  folder: Folder,
  at: (name: string) => string,
  settings: TokenizerSettings,
): Promise<TokenizerSource | undefined> {
  const has = (name: string) => folder.files.has(at(name));
  if (has('tokenizer.json')) {
    const file = at('tokenizer.json');
    return { file, json: await readJson(folder, file, tokenizerFile) };
  }
  if (has('vocab.json') && has('merges.txt')) {
    const file = at('vocab.json');
    checkClass(file, settings, OF_MERGES);
    const vocab = await readJson(folder, file, z.record(z.string(), z.number().int().min(0)));
    const merges = await readText(folder, at('merges.txt'));
    return built(
      file,
      clipTokenizerJson(file, vocab, merges, settings.special),
      settings.special.eos_token ?? '<|endoftext|>',
    );
  }
  if (has('vocab.txt')) {
    const file = at('vocab.txt');
    checkClass(file, settings, OF_WORDS);
    return built(file, wordPieceTokenizerJson(file, await readText(folder, file), settings), '[PAD]');
  }
  const model = SENTENCEPIECE.find(has);
  if (model === undefined) return undefined;
  const file = at(model);
  const size = folder.files.get(file) ?? 0;
  if (size > LARGEST_SENTENCEPIECE) {
    throw new CheckpointFault(
      file,
      `${file} has ${size} bytes, more than the ${LARGEST_SENTENCEPIECE} of a SentencePiece model; add a tokenizer.json instead.`,
    );
  }
  const { json, ...rest } = sentencePieceSource(file, await readFile(pathOf(folder, file)), settings);
  return { file, json: tokenizerFile.parse(json), ...rest };
}

function built(file: string, json: TokenizerFileInput, pad: string): TokenizerSource {
  return { file, json: tokenizerFile.parse(json), pad };
}

/** @throws CheckpointFault where the class named would read these files in another way. */
function checkClass(file: string, { className, file: named }: TokenizerSettings, classes: readonly string[]): void {
  if (className === null || classes.includes(plainName(className))) return;
  throw new CheckpointFault({
    file,
    found: `is named by ${named} as that of a ${className}`,
    expected: `the vocabulary of a ${classes.map((name) => `${name}Tokenizer`).join(', ')}`,
    remedy: 'add the tokenizer.json of this tokenizer',
    gravity: 'setting',
  });
}
