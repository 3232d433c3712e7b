import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ofWords } from '@gdbench/storage/remedy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { END, START, tokenizerFiles, tokensOf, VOCAB } from '../../../test/support/tiny-checkpoints.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { readSentencePiece } from './sentencepiece-model.ts';
import { openTokenizer, type TextTokenizer } from './tokenizer.ts';

const REFERENCE = new URL('../../../test/reference/', import.meta.url);
const { texts } = JSON.parse(readFileSync(new URL('odd-scores.json', REFERENCE), 'utf8')) as {
  texts: { text: string; ldm_ids: number[]; clip_ids: number[]; clip_mask: number[] }[];
};

type Files = Record<string, object | string>;
const { cases } = JSON.parse(readFileSync(new URL('tokens.json', REFERENCE), 'utf8')) as {
  cases: { name: string; files: Files }[];
};
const tokenCase = (name: string) => cases.find((one) => one.name === name)!;

async function tokenizerOf(files: Record<string, object | string>, maxPositions?: number): Promise<TextTokenizer> {
  const dir = newFolder();
  await writeFiles(dir, files);
  return openTokenizer(await openFolder(dir), '', { maxPositions });
}

const opened = (checkpoint: string, dir: string) =>
  openFolder(fileURLToPath(new URL(checkpoint, REFERENCE))).then((folder) => openTokenizer(folder, dir, {}));

describe('tokenizer', () => {
  it('builds CLIP’s from vocab.json and merges.txt, cut and padded as transformers does', async () => {
    const tokenizer = await opened('odd-ldm', 'tokenizer');
    for (const { text, ldm_ids } of each(texts))
      expect([text, ...tokenizer.encode(text).ids]).toEqual([text, ...ldm_ids]);
  });

  it('reads a tokenizer.json and gives the attention mask', async () => {
    const tokenizer = await opened('odd-clip', '');
    for (const { text, clip_ids, clip_mask } of each(texts)) {
      const { ids, mask } = tokenizer.encode(text);
      expect([text, ...ids]).toEqual([text, ...clip_ids]);
      expect([text, ...mask]).toEqual([text, ...clip_mask]);
    }
  });

  it('always gives its length: start, the first pieces, end, padding', async () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/);
    const tokenizers = new Map<number, TextTokenizer>();
    for (const length of [2, 3, 8, 77]) tokenizers.set(length, await tokenizerOf(tokenizerFiles('', length)));
    fc.assert(
      fc.property(fc.constantFrom(...tokenizers.keys()), fc.array(word, { maxLength: 20 }), (length, words) => {
        const { ids, mask } = tokenizers.get(length)!.encode(words.join(' '));
        expect(Array.from(ids)).toEqual(tokensOf(words.join(' '), length));
        const used = Math.min(length, 2 + words.join('').length);
        expect(Array.from(mask)).toEqual(Array.from({ length }, (_, i) => (i < used ? 1 : 0)));
      }),
    );
  });

  it('takes the length of the text config where the tokenizer states none', async () => {
    const files = tokenizerFiles('', 5);
    const without = { ...files, 'tokenizer_config.json': { model_max_length: 1e30 } };
    expect((await tokenizerOf(without, 9)).encode('a').ids).toHaveLength(9);
    await expect(tokenizerOf(without)).rejects.toThrow('vocab.json has no token length');
  });

  it('pads with the token that the files declare, an old special_tokens_map.json last', async () => {
    const files = tokenizerFiles('', 5);
    const padding = async (more: Record<string, object>) =>
      (await tokenizerOf({ ...files, ...more })).encode('').ids[4];
    expect(await padding({})).toBe(VOCAB[END]);
    expect(await padding({ 'special_tokens_map.json': { pad_token: { content: 'a' } } })).toBe(VOCAB.a);
    const config = {
      model_max_length: 5,
      bos_token: START,
      eos_token: END,
      pad_token: 'b',
      added_tokens_decoder: { 0: {} },
    };
    expect(await padding({ 'tokenizer_config.json': config, 'special_tokens_map.json': { pad_token: 'a' } })).toBe(
      VOCAB.b,
    );
  });

  it('numbers T5’s extra ids behind its pieces, the last one first', async () => {
    const { files } = tokenCase('t5');
    const model = Buffer.from((files['spiece.model'] as { base64: string }).base64, 'base64');
    const { pieces } = readSentencePiece({ file: 'spiece.model', makeJson: ofWords('x') }, model);
    const tokenizer = await tokenizerOf({ ...files, 'spiece.model': model });
    const ids = (text: string) => tokenizer.encode(text).ids[0];
    expect(ids('<extra_id_99>')).toBe(pieces.length);
    expect(ids('<extra_id_0>')).toBe(pieces.length + 99);
  });

  it('pads a WordPiece tokenizer with 0 and masks the padding', async () => {
    const vocab = { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, red: 4, cu: 5, '##be': 6 };
    const special = (id: string, key: keyof typeof vocab) => ({ [id]: { id, ids: [vocab[key]], tokens: [key] } });
    const tokenizer = await tokenizerOf({
      'tokenizer_config.json': { model_max_length: 7 },
      'tokenizer.json': {
        added_tokens: [],
        normalizer: {
          type: 'BertNormalizer',
          clean_text: true,
          handle_chinese_chars: true,
          strip_accents: null,
          lowercase: true,
        },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: {
          type: 'TemplateProcessing',
          single: [
            { SpecialToken: { id: '[CLS]', type_id: 0 } },
            { Sequence: { id: 'A', type_id: 0 } },
            { SpecialToken: { id: '[SEP]', type_id: 0 } },
          ],
          pair: [],
          special_tokens: { ...special('[CLS]', '[CLS]'), ...special('[SEP]', '[SEP]') },
        },
        decoder: null,
        model: {
          type: 'WordPiece',
          unk_token: '[UNK]',
          continuing_subword_prefix: '##',
          max_input_chars_per_word: 100,
          vocab,
        },
      },
    });
    const { ids, mask } = tokenizer.encode('A red cube');
    expect(Array.from(ids)).toEqual([2, 1, 4, 5, 6, 3, 0]);
    expect(Array.from(mask)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(Array.from(tokenizer.encode('red red red red red red red').ids)).toEqual([2, 4, 4, 4, 4, 4, 3]);
  });
});
