import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { type ModelText, openTokenizer } from './tokenizer.ts';

const { cases } = JSON.parse(readFileSync(new URL('../../../test/reference/tokens.json', import.meta.url), 'utf8')) as {
  cases: { name: string; files: { 'tokenizer.json': object; 'tokenizer_config.json': object } }[];
};
/** The tokenizer of a SigLIP 2, whose files state no length. */
const { files } = cases.find(({ name }) => name === 'siglip 2')!;

interface Said {
  /** tokenizer_config.json as it is written, where JSON has no word for it. */
  readonly written?: string;
  /** Changes of tokenizer.json. */
  readonly json?: object;
  /** Changes of tokenizer_config.json. */
  readonly config?: object;
  readonly text?: ModelText;
}

async function opened({ json, config, text, written }: Said) {
  const dir = newFolder();
  await writeFiles(dir, {
    'tokenizer.json': { ...files['tokenizer.json'], ...json },
    'tokenizer_config.json': written ?? { ...files['tokenizer_config.json'], model_max_length: 1e30, ...config },
  });
  return openTokenizer(await openFolder(dir), '', text ?? {});
}
const lengthOf = async (said: Said) => (await opened(said)).length;

const cutTo = (length: number) => ({
  truncation: { max_length: length, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
});
const padTo = (strategy: unknown, more: object = {}) => ({
  padding: {
    strategy,
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '<pad>',
    ...more,
  },
});

describe('the length of texts', () => {
  it('is the graph’s, else the tokenizer’s, else the positions’, else what tokenizer.json fixes, else the class’s', async () => {
    const all: Said[] = [
      { text: { graphLength: 11 } },
      { text: { contextLength: 12 } },
      { config: { model_max_length: 13 } },
      { text: { maxPositions: 14 } },
      { text: { modelType: 'siglip' } },
    ];
    const lengths = [11, 12, 13, 14, 64];
    // Whatever is said besides, the first of them counts.
    await fc.assert(
      fc.asyncProperty(fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }), async (which) => {
        const said = which.map((i) => all[i]!);
        const together: Said = {
          config: Object.assign({}, ...said.map(({ config }) => config)),
          text: Object.assign({}, ...said.map(({ text }) => text)),
        };
        expect(await lengthOf(together)).toBe(lengths[which[0]!]);
      }),
      { numRuns: 31 },
    );
  });

  it('is what tokenizer.json fixes where only the class has one besides', async () => {
    expect(await lengthOf({ json: cutTo(15), text: { modelType: 'siglip' } })).toBe(15);
    expect(await lengthOf({ json: padTo({ Fixed: 16 }), text: { modelType: 'siglip' } })).toBe(16);
    expect(await lengthOf({ json: padTo('BatchLongest'), text: { modelType: 'siglip' } })).toBe(64);
  });

  it.each([
    ['siglip2', 64],
    ['siglip_text_model', 64],
    ['clip', 77],
    ['clip_text_model', 77],
    ['blip', 512],
    ['chinese_clip', 512],
    ['metaclip_2', 77],
  ])('of a %s is %i where nothing states it', async (modelType, length) => {
    expect(await lengthOf({ text: { modelType } })).toBe(length);
  });

  const saying = (length: string) =>
    JSON.stringify({ ...files['tokenizer_config.json'], model_max_length: 0 }).replace(
      '"model_max_length":0',
      `"model_max_length":${length}`,
    );
  // What transformers writes where there is no end, and what Python's own JSON makes of math.inf.
  it.each(['1000000000000000019884624838656', '1e30', 'Infinity', '1e999', 'null'])(
    'has no end at %s',
    async (length) => {
      expect(await lengthOf({ written: saying(length), text: { maxPositions: 14 } })).toBe(14);
      await expect(opened({ written: saying(length) })).rejects.toThrow(/^tokenizer.json has no token length/);
    },
  );

  it.each(['NaN', '-Infinity'])('is no %s', async (length) => {
    await expect(opened({ written: saying(length), text: { maxPositions: 14 } })).rejects.toThrow(
      `tokenizer_config.json has ${length} as \`model_max_length\`, where `,
    );
  });

  it('is asked for where nothing says it', async () => {
    await expect(opened({})).rejects.toThrow(
      /^tokenizer.json has no token length, where one by the text graph, .*; set model_max_length to the tokens/,
    );
  });

  it.each([0, -3, 7.5])('is no %d', async (model_max_length) => {
    await expect(opened({ config: { model_max_length } })).rejects.toThrow(
      /^tokenizer.json pads texts to [-\d.]+ tokens .*, where a whole number from 1, that of the start and end tokens, to 8194 is expected/,
    );
  });
});

describe('a tokenizer.json that contradicts it is refused', () => {
  const text = { maxPositions: 64 };
  const at64 = 'where 64 tokens, as `max_position_embeddings` of the text config says is expected';
  it.each<[string, Said, string]>([
    ['padding to another length', { json: padTo({ Fixed: 128 }) }, `says that \`padding\` pads texts to 128, ${at64}`],
    ['cutting to another length', { json: cutTo(77) }, `says that \`truncation\` cuts texts to 77, ${at64}`],
    [
      'padding to another length than the graph’s',
      { json: padTo({ Fixed: 64 }), text: { graphLength: 32, maxPositions: 64 } },
      "pads texts to 64, where 32 tokens, as the text graph's own input says",
    ],
    [
      'padding to another length than model_max_length',
      { json: padTo({ Fixed: 128 }), config: { model_max_length: 77 } },
      'pads texts to 128, where 77 tokens, as `model_max_length` of tokenizer_config.json says',
    ],
    [
      'padding to a multiple that the length is not',
      { json: padTo('BatchLongest', { pad_to_multiple_of: 24 }) },
      'says that `padding` pads texts to a multiple of 24, where a divisor of 64 tokens',
    ],
    [
      'padding on the other side',
      { json: padTo('BatchLongest', { direction: 'Left' }) },
      'says that the side of `padding` is left, where right, as `padding_side` of tokenizer_config.json says is expected',
    ],
    [
      'cutting on the other side',
      { json: cutTo(64), config: { truncation_side: 'left' } },
      'says that the side of `truncation` is right, where left',
    ],
    [
      'padding with another id than its token’s',
      { json: padTo('BatchLongest', { pad_id: 3 }) },
      'says that `padding` pads with the id 3, where the id 0 of <pad> is expected',
    ],
    [
      'padding with another token than the one that is named',
      { json: padTo('BatchLongest', { pad_id: 3, pad_token: '<unk>' }) },
      'says that `padding` pads with the id 3, where the id 0 of <pad> is expected',
    ],
    [
      'token types that are not fed',
      { json: padTo('BatchLongest', { pad_type_id: 1 }) },
      'as `padding.pad_type_id`, where 0 is expected',
    ],
  ])('%s', async (_, said, sentence) => {
    await expect(opened({ text, ...said })).rejects.toThrow(sentence);
  });

  it('with all that it says otherwise at once', async () => {
    const json = { ...padTo({ Fixed: 128 }, { direction: 'Left' }), ...cutTo(77) };
    const told = await opened({ text, json }).catch(({ message }: Error) => message);
    for (const part of ['cuts texts to 77', 'pads texts to 128', 'the side of `padding` is left'])
      expect(told).toContain(part);
  });

  it('but not where it says the same, or leaves it open', async () => {
    const multiple = padTo('BatchLongest', { pad_to_multiple_of: 8 });
    for (const json of [padTo({ Fixed: 64 }), cutTo(64), multiple, { padding: null, truncation: null }])
      expect(await lengthOf({ json, text })).toBe(64);
  });
});

describe('the side of the padding', () => {
  const first = async (said: Said) => (await opened({ text: { maxPositions: 9 }, ...said })).encode('a').mask[0];
  it('is the stated one, else that of tokenizer.json, else the class’s', async () => {
    expect(await first({})).toBe(1);
    expect(await first({ config: { padding_side: 'left' } })).toBe(0);
    expect(await first({ config: { padding_side: null } })).toBe(0);
    expect(await first({ config: { padding_side: null }, json: padTo('BatchLongest') })).toBe(1);
    expect(await first({ config: { padding_side: null, tokenizer_class: null } })).toBe(1);
  });
});
