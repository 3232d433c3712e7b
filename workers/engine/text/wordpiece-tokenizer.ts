import { specialToken } from './added-token.ts';
import type { TokenizerFileInput } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';
import { lacksToken } from './vocabulary-fault.ts';

/**
 * The tokenizer.json that transformers would write for BERT's vocab.txt.
 *
 * @param text one piece a line; a piece's id is its line, counted from 0.
 * @throws CheckpointFault when the vocabulary lacks the unknown, the start or the end token.
 */
export function wordPieceTokenizerJson(file: string, text: string, settings: TokenizerSettings): TokenizerFileInput {
  const { special: config } = settings;
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocab = Object.fromEntries(lines.map((piece, id) => [piece, id]));
  const unknown = config.unk_token ?? '[UNK]';
  const start = config.cls_token ?? '[CLS]';
  const end = config.sep_token ?? '[SEP]';
  for (const name of [unknown, start, end]) {
    if (!Object.hasOwn(vocab, name)) throw lacksToken(file, name);
  }
  const special = [config.pad_token ?? '[PAD]', unknown, start, end, config.mask_token ?? '[MASK]'];
  const around = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  return {
    added_tokens: [...new Set(special)]
      .filter((name) => Object.hasOwn(vocab, name))
      .map((name) => specialToken(name, vocab[name]!)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings.chineseChars ?? true,
      strip_accents: settings.stripAccents ?? null,
      lowercase: settings.lowerCase ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [around(start), { Sequence: { id: 'A', type_id: 0 } }, around(end)],
      pair: [],
      special_tokens: Object.fromEntries([start, end].map((id) => [id, { id, ids: [vocab[id]!], tokens: [id] }])),
    },
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
