import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { type GraphSpec, onnxModel } from '../../../test/support/onnx-writer.ts';
import {
  TINY_DIFFUSION,
  tinyDiffusion,
  tokenizerFiles,
  tokensOf,
  VOCAB,
  weightsOf,
} from '../../../test/support/tiny-checkpoints.ts';
import { readDiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { openAll } from '../runtime/session.ts';
import { openConditioning, type TextSide } from './conditioning.ts';

type Files = Record<string, string | Uint8Array | object>;

const scratch = newFolder();
const opened: TextSide[] = [];
afterAll(async () => {
  for (const { models } of opened) for (const model of models) await model.close();
});

const TOKENS = 6;
const ROWS = Object.keys(VOCAB).length;
const table = (width: number) => weightsOf(ROWS * width, width);

interface Form {
  readonly width: number;
  readonly layers: readonly number[];
  readonly pooled?: boolean;
  readonly batch?: number | 'batch';
  readonly tokens?: number;
}

/** hidden_states.<n> = (n + 1) times the tokens' embeddings; text_embeds = their sum. */
function encoder({ width, layers, pooled = false, batch = 'batch', tokens = TOKENS }: Form): Uint8Array {
  const states = (n: number) => `hidden_states.${n}`;
  const spec: GraphSpec = {
    inputs: [{ name: 'input_ids', type: 'int64', shape: [batch, tokens] }],
    outputs: [
      ...layers.map((n) => ({ name: states(n), type: 'float32' as const, shape: [batch, tokens, width] })),
      ...(pooled ? [{ name: 'text_embeds', type: 'float32' as const, shape: [batch, width] }] : []),
    ],
    weights: [
      { name: 'table', dims: [ROWS, width], data: table(width) },
      ...layers.map((n) => ({ name: `times${n}`, dims: [], data: Float32Array.of(n + 1) })),
    ],
    ops: [
      { op: 'Gather', in: ['table', 'input_ids'], out: 'rows' },
      ...layers.map((n) => ({ op: 'Mul', in: ['rows', `times${n}`], out: states(n) })),
      ...(pooled
        ? [{ op: 'ReduceMean', in: ['rows'], out: 'text_embeds', attributes: { axes: [1], keepdims: 0 } }]
        : []),
    ],
  };
  return onnxModel(spec);
}

const part = ['diffusers', 'OnnxRuntimeModel'];
const FIRST: Form = { width: 3, layers: [0, 1, 2] };
// As a graph may list them: in the order of their names.
const SECOND: Form = { width: 2, layers: [0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9], pooled: true };

function twoEncoders(first: Form = FIRST, second: Form = SECOND, switches: object = {}): Files {
  const files: Files = tinyDiffusion();
  const tokens = second.tokens ?? TOKENS;
  return {
    ...files,
    'model_index.json': {
      ...(files['model_index.json'] as object),
      text_encoder_2: part,
      tokenizer_2: part,
      ...switches,
    },
    'text_encoder/model.onnx': encoder(first),
    'text_encoder_2/config.json': { max_position_embeddings: tokens },
    'text_encoder_2/model.onnx': encoder(second),
    ...tokenizerFiles('tokenizer_2/', tokens),
  };
}

const WIDTH = TINY_DIFFUSION.width;
const ldmIndex = () => tinyDiffusion()['model_index.json'] as object;
const withLayers = (num_hidden_layers: number): Files => ({
  ...twoEncoders(),
  'text_encoder/config.json': { max_position_embeddings: TOKENS, num_hidden_layers },
});

/** An encoder that gives zeros where its mask is zero, and this in its configuration. */
function masked(config: object): Files {
  const spec: GraphSpec = {
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch', TOKENS] },
      { name: 'attention_mask', type: 'float32', shape: ['batch', TOKENS] },
    ],
    outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', TOKENS, WIDTH] }],
    weights: [
      { name: 'table', dims: [ROWS, WIDTH], data: table(WIDTH) },
      { name: 'column', dims: [3], data: BigInt64Array.of(-1n, BigInt(TOKENS), 1n) },
    ],
    ops: [
      { op: 'Gather', in: ['table', 'input_ids'], out: 'rows' },
      { op: 'Reshape', in: ['attention_mask', 'column'], out: 'mask' },
      { op: 'Mul', in: ['rows', 'mask'], out: 'last_hidden_state' },
    ],
  };
  return {
    ...tinyDiffusion(),
    'text_encoder/config.json': { max_position_embeddings: TOKENS, ...config },
    'text_encoder/model.onnx': onnxModel(spec),
  };
}

let folders = 0;
async function open(files: Files): Promise<TextSide> {
  const dir = path.join(scratch, String(folders++));
  await writeFiles(dir, files);
  const layout = await readDiffusionLayout(await openFolder(dir));
  const options = { device: 'cpu', threads: 1, warn: () => {} } as const;
  const side = await openAll(options, (openModel) => openConditioning(layout, openModel));
  opened.push(side);
  return side;
}

const near = (have: Float32Array, want: readonly number[]) => {
  expect(have.length).toBe(want.length);
  for (const [i, value] of each(want).entries()) expect(have[i]).toBeCloseTo(value, 5);
};

/** A text's embeddings, token by token, times a number. */
const rowsOf = (text: string, width: number, times: number): number[][] =>
  tokensOf(text, TOKENS).map((id) => Array.from(table(width).subarray(id * width, (id + 1) * width), (v) => v * times));

describe('the text side', () => {
  const TEXTS = ['a red cube', '', 'two'];

  it.each(['batch', 1, 2] as const)(
    'of two encoders joins the last but one states, rows at once: %s',
    async (batch) => {
      const side = await open(twoEncoders({ ...FIRST, batch }, SECOND));
      const encoded = await side.encode(TEXTS);
      expect(side).toMatchObject({ tokenLength: TOKENS, fixed: batch === 'batch' ? null : batch });
      for (const [i, text] of TEXTS.entries()) {
        // Layers 0 to 2: the last but one is 1, which doubles. Layers 0 to 10: it is 9, tenfold.
        const [left, right] = [rowsOf(text, 3, 2), rowsOf(text, 2, 10)];
        near(
          encoded[i]!.hidden.data,
          left.flatMap((row, token) => [...row, ...right[token]!]),
        );
        expect(encoded[i]!.hidden.dims).toEqual([TOKENS, 5]);
        const pooled = [0, 1].map((d) => rowsOf(text, 2, 1).reduce((sum, row) => sum + row[d]!, 0) / TOKENS);
        near(encoded[i]!.pooled!, pooled);
        expect(encoded[i]!.byteLength).toBe(4 * (TOKENS * 5 + 2));
      }
    },
  );

  it('gives zeros for the empty text where the model index says so, and only for it', async () => {
    const side = await open(twoEncoders(FIRST, SECOND, { force_zeros_for_empty_prompt: true }));
    const [words, empty] = await side.encode(TEXTS);
    expect(each([...empty!.hidden.data, ...empty!.pooled!]).every((value) => value === 0)).toBe(true);
    expect(empty!.hidden.dims).toEqual([TOKENS, 5]);
    near(
      words!.hidden.data,
      rowsOf('a red cube', 3, 2).flatMap((row, t) => [...row, ...rowsOf('a red cube', 2, 10)[t]!]),
    );
  });

  it.each([
    [undefined, 1],
    [null, 1],
    [false, 0],
    [true, 0],
  ])('says so where the model index is silent on it: %s', async (force_zeros_for_empty_prompt, warnings) => {
    const dir = path.join(scratch, String(folders++));
    await writeFiles(dir, twoEncoders(FIRST, SECOND, { force_zeros_for_empty_prompt }));
    const layout = await readDiffusionLayout(await openFolder(dir));
    expect(layout.zeroEmptyText).toBe(force_zeros_for_empty_prompt === true);
    expect(layout.warnings).toEqual(
      Array(warnings).fill(expect.stringMatching(/^model_index.json does not say `force_zeros/)),
    );
  });

  it('of one encoder is its last hidden state', async () => {
    const side = await open(tinyDiffusion(TINY_DIFFUSION));
    const [one] = await side.encode(['two']);
    expect(one!.hidden.dims).toEqual([TINY_DIFFUSION.tokens, TINY_DIFFUSION.width]);
    expect(one!.pooled).toBeUndefined();
  });

  it.each([
    [undefined, 'all tokens'],
    [false, 'all tokens'],
    [true, 'its own tokens'],
  ])('with use_attention_mask %s, an encoder that takes a mask is told of %s', async (use_attention_mask, told) => {
    const side = await open(masked({ use_attention_mask }));
    const [one] = await side.encode(['two']);
    const used = told === 'all tokens' ? TOKENS : 'two'.length + 2;
    near(
      one!.hidden.data,
      rowsOf('two', WIDTH, 1).flatMap((row, token) => (token < used ? row : row.map(() => 0))),
    );
  });

  it.each([
    [
      'a mask is to be used that the graph does not take',
      { ...tinyDiffusion(), 'text_encoder/config.json': { use_attention_mask: true } },
      /^text_encoder\/model.onnx has no input `attention_mask`, though its config.json says `use_attention_mask`/,
    ],
    [
      'the last of the hidden states is not among them',
      withLayers(3),
      /^text_encoder\/model.onnx gives `hidden_states.1` and `hidden_states.2` as its last hidden states, where `hidden_states.2` and `hidden_states.3` is expected/,
    ],
    [
      'the last but one of the hidden states is not among them',
      twoEncoders({ ...FIRST, layers: [0, 1, 3] }, SECOND),
      /^text_encoder\/model.onnx gives `hidden_states.1` and `hidden_states.3` as its last hidden states/,
    ],
    [
      'an encoder is of a class that nobody knows',
      { ...tinyDiffusion(), 'model_index.json': { ...ldmIndex(), text_encoder: ['diffusers', 'RobertaSeriesModel'] } },
      /^model_index.json names a RobertaSeriesModel as text_encoder, of whose outputs GDBench does not know/,
    ],
    [
      'one of two encoders gives no hidden states',
      twoEncoders(FIRST, { ...SECOND, layers: [3] }),
      /^text_encoder_2\/model.onnx has 1 outputs `hidden_states.<n>`, where two or more of them \(it is one of two text encoders\) is expected/,
    ],
    [
      'the second gives no pooled text',
      twoEncoders(FIRST, { ...SECOND, pooled: false }),
      /^text_encoder_2\/model.onnx has no output `text_embeds` \(it has `hidden_states.0`/,
    ],
    [
      'the two have tokenizers of different length',
      twoEncoders(FIRST, { ...SECOND, tokens: 5 }),
      /^text_encoder_2\/model.onnx gives 5 tokens a text, where the 6 of text_encoder\/model.onnx is expected/,
    ],
  ])('is refused where %s', async (_, files, reason) => {
    await expect(open(files).then((side) => side.encode(['a']))).rejects.toThrow(reason);
  });
});
