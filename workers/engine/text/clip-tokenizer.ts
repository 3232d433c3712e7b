import { specialToken } from './added-token.ts';
import type { TokenizerFileInput } from './tokenizer-json.ts';
import type { SpecialTokens } from './tokenizer-settings.ts';
import { lacksToken, type VocabularyFile, withoutJson } from './vocabulary-fault.ts';

/** Pieces of a text that byte-pair encoding works on: contractions, words, single digits, runs of other signs. */
const PIECES = String.raw`'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;
const END_OF_WORD = '</w>';

/**
 * The tokenizer.json that transformers would write for CLIP's vocab.json and merges.txt.
 *
 * @throws CheckpointFault when the vocabulary is of another kind, or lacks the start or the end token.
 */
export function clipTokenizerJson(
  at: VocabularyFile,
  vocab: Readonly<Record<string, number>>,
  merges: string,
  special: SpecialTokens,
): TokenizerFileInput {
  if (!Object.keys(vocab).some((piece) => piece.endsWith(END_OF_WORD))) {
    throw withoutJson(at, { found: `holds no piece that ends in ${END_OF_WORD}`, expected: 'a vocabulary of CLIP' });
  }
  const start = special.bos_token ?? '<|startoftext|>';
  const end = special.eos_token ?? '<|endoftext|>';
  for (const name of [start, end]) {
    if (!Object.hasOwn(vocab, name)) throw lacksToken(at.file, name);
  }
  const pair = (name: string): [string, number] => [name, vocab[name]!];
  return {
    version: '1.0',
    added_tokens: [...new Set([start, end])].map((content) => specialToken(content, vocab[content]!)),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: PIECES }, behavior: 'Removed', invert: true },
        // The pieces are whole already: the pattern of this step would find nothing more to split.
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: pair(end),
      cls: pair(start),
      trim_offsets: false,
      add_prefix_space: false,
    },
    model: {
      type: 'BPE',
      unk_token: special.unk_token ?? end,
      continuing_subword_prefix: '',
      end_of_word_suffix: END_OF_WORD,
      fuse_unk: false,
      vocab,
      merges: merges
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '' && !line.startsWith('#version')),
    },
  };
}
