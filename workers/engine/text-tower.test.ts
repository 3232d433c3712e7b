import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { flatSquares } from '../../test/support/flat-images.ts';
import { type Files, newFolder, writeFiles } from '../../test/support/folder.ts';
import { type GraphSpec, onnxModel } from '../../test/support/onnx-writer.ts';
import { TINY_DIFFUSION, tinyDiffusion, weightsOf } from '../../test/support/tiny-checkpoints.ts';
import { imageKernel, TINY_CLIP, tinyClip } from '../../test/support/tiny-clip.ts';
import { openEvaluator } from './evaluate.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * Whole checkpoints whose files leave the length or the letter case of texts to their class or their graph.
 */

const { cases } = JSON.parse(readFileSync(new URL('../../test/reference/tokens.json', import.meta.url), 'utf8')) as {
  cases: TokenCase[];
};
interface TokenCase {
  readonly name: string;
  readonly files: { 'tokenizer.json': TokenizerJson; 'tokenizer_config.json': object };
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly mask: number[] }[];
}
interface TokenizerJson {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}
const gemma = cases.find(({ name }) => name === 'siglip 2')!;
const ROWS = Math.max(...Object.values(gemma.files['tokenizer.json'].model.vocab)) + 1;
const WIDTH = 6;
const table = weightsOf(ROWS * WIDTH, 1);
const kernel = imageKernel(WIDTH);

/** A tower that takes the mean of all tokens' embeddings, so that every token of padding counts. */
const meanOfAll = (tokens: number | string): GraphSpec => ({
  inputs: [{ name: 'input_ids', type: 'int64', shape: ['texts', tokens] }],
  outputs: [{ name: 'pooler_output', type: 'float32', shape: ['texts', WIDTH] }],
  weights: [{ name: 'table', dims: [ROWS, WIDTH], data: table }],
  ops: [
    { op: 'Gather', in: ['table', 'input_ids'], out: 'rows' },
    { op: 'ReduceMean', in: ['rows'], out: 'pooler_output', attributes: { axes: [1], keepdims: 0 } },
  ],
});

/** As SigLIP 2 is published: no file states a length, and do_lower_case stands beside a tokenizer.json that keeps letter case. */
function siglip2(tokens: number | string, config: object = {}, text: object = {}): Files {
  const image = tinyClip({ ...TINY_CLIP, outputs: { text: 'pooler_output', image: 'pooler_output' } });
  return {
    'config.json': {
      model_type: 'siglip',
      text_config: { model_type: 'siglip_text_model', vocab_size: ROWS, ...text },
    },
    'preprocessor_config.json': {
      image_processor_type: 'SiglipImageProcessor',
      size: { height: TINY_CLIP.side, width: TINY_CLIP.side },
    },
    'vision_model.onnx': image['vision_model.onnx']!,
    'text_model.onnx': onnxModel(meanOfAll(tokens)),
    'tokenizer.json': gemma.files['tokenizer.json'],
    'tokenizer_config.json': { ...gemma.files['tokenizer_config.json'], model_max_length: 1e30, ...config },
  };
}

/** The ids that transformers' Siglip2Tokenizer gives, padded to another length. */
function idsOf(text: string, length: number): number[] {
  const { ids, mask } = gemma.texts.find((one) => one.text === text)!;
  const used = ids.filter((_, i) => mask[i] === 1);
  return [...used, ...new Array(length - used.length).fill(0)];
}

/** The cosine of a text's mean embedding and that of a flat square. */
function cosine(ids: readonly number[], n: number): number {
  const words = Array.from({ length: WIDTH }, (_, d) =>
    ids.reduce((sum, id) => sum + table[id * WIDTH + d]! / ids.length, 0),
  );
  const colour = [(n * 83) % 256, (n * 151 + 40) % 256, (n * 29 + 90) % 256].map((value) => (value / 255 - 0.5) / 0.5);
  const seen = Array.from({ length: WIDTH }, (_, d) =>
    colour.reduce((sum, c, i) => sum + c * kernel[i * WIDTH + d]!, 0),
  );
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return dot(words, seen) / Math.sqrt(dot(words, words) * dot(seen, seen));
}

const scratch = newFolder();
let images: string[];
beforeAll(async () => {
  images = await flatSquares(scratch, 3, 6);
});

let folders = 0;
async function inspected(files: Files) {
  const dir = path.join(scratch, `folder-${folders++}`);
  await mkdir(dir);
  await writeFiles(dir, files);
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  return { dir, report: inspection.report };
}
async function scores(files: Files, texts: readonly string[]): Promise<number[][]> {
  const { dir, report } = await inspected(files);
  const evaluator = await openEvaluator({ dir, report, batch: 4, threads: 1, device: 'cpu', samples: 2, seed: 0 });
  try {
    const data = taskOfLists(scratch, [{ texts: [...texts], images }]);
    return (await evaluator.scoreExamples(data, 0, 1))[0]!.scores as number[][];
  } finally {
    await evaluator.close();
  }
}

/** Those that the reference does not cut. */
const TEXTS = gemma.texts.filter(({ mask }) => mask.includes(0)).map(({ text }) => text);
const expected = (length: number) => TEXTS.map((text) => images.map((_, n) => cosine(idsOf(text, length), n)));

describe('a SigLIP 2', () => {
  it.each<[string, Files, number]>([
    ['as it is published', siglip2('tokens'), 64],
    ['whose text config states its positions', siglip2('tokens', {}, { max_position_embeddings: 64 }), 64],
    ['whose graph insists on a length, whatever its tokenizer says', siglip2(48, { model_max_length: 77 }), 48],
    ['whose tokenizer states a length', siglip2('tokens', { model_max_length: 56 }), 56],
  ])('%s, is scored on its texts in small letters, padded to its length', async (_, files, length) => {
    const have = await scores(files, TEXTS);
    expect(have.map((row) => row.length)).toEqual(TEXTS.map(() => images.length));
    const want = expected(length);
    each(have).forEach((row, text) => {
      each(row).forEach((score, image) => {
        expect(score).toBeCloseTo(want[text]![image]!, 5);
      });
    });
  });

  it('tells apart what another length would make of a text', () => {
    // The test above would not pass with another length: the values differ by far more than it allows.
    for (const length of [48, 56, 77])
      expect(Math.abs(expected(length)[0]![0]! - expected(64)[0]![0]!)).toBeGreaterThan(1e-4);
  });
});

/** A tower that takes the mean of the tokens that are no padding, or of all. */
function masked(whole: boolean): GraphSpec {
  const axes = (name: string, axis: bigint) => ({ name, dims: [1], data: BigInt64Array.of(axis) });
  const rows = { op: 'Gather', in: ['table', 'input_ids'], out: 'rows' };
  const mean: GraphSpec['ops'] = [
    { op: 'Unsqueeze', in: ['attention_mask', 'last'], out: 'column' },
    { op: 'Mul', in: ['rows', 'column'], out: 'kept' },
    { op: 'ReduceSum', in: ['kept', 'tokens'], out: 'sum', attributes: { keepdims: 0 } },
    { op: 'ReduceSum', in: ['attention_mask', 'tokens'], out: 'count', attributes: { keepdims: 1 } },
    { op: 'Div', in: ['sum', 'count'], out: 'pooler_output' },
  ];
  return {
    ...meanOfAll('tokens'),
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['texts', 'tokens'] },
      { name: 'attention_mask', type: 'float32', shape: ['texts', 'tokens'] },
    ],
    weights: [{ name: 'table', dims: [ROWS, WIDTH], data: table }, axes('last', 2n), axes('tokens', 1n)],
    ops: [rows, ...(whole ? meanOfAll('tokens').ops.slice(1) : mean)],
  };
}

describe('a long text tower', () => {
  const long = (whole: boolean, length: number): Files => ({
    ...siglip2('tokens', { model_max_length: length, model_input_names: ['input_ids', 'attention_mask'] }),
    'text_model.onnx': onnxModel(masked(whole)),
  });

  it('gives the same bits at 8,192 tokens as at few, where it takes no notice of padding', async () => {
    expect(await scores(long(false, 8192), TEXTS)).toEqual(await scores(long(false, 64), TEXTS));
  });

  it('is fed all of its padding where that counts', async () => {
    const have = await scores(long(true, 8192), TEXTS);
    TEXTS.forEach((text, i) => {
      each(images).forEach((_, n) => {
        expect(have[i]![n]).toBeCloseTo(cosine(idsOf(text, 8192), n), 4);
      });
    });
  });
});

/** A matching head of such a mean and the image's colour. */
function head(whole: boolean, length: number): Files {
  const text = masked(whole);
  const spec: GraphSpec = {
    inputs: [
      ...text.inputs,
      { name: 'pixel_values', type: 'float32', shape: ['texts', 3, TINY_CLIP.side, TINY_CLIP.side] },
    ],
    outputs: [{ name: 'itm_score', type: 'float32', shape: ['texts', 2] }],
    weights: [
      ...text.weights,
      { name: 'of words', dims: [WIDTH, 2], data: weightsOf(WIDTH * 2, 5) },
      { name: 'of colours', dims: [3, 2], data: weightsOf(6, 6) },
    ],
    ops: [
      ...text.ops,
      { op: 'MatMul', in: ['pooler_output', 'of words'], out: 'words' },
      { op: 'ReduceMean', in: ['pixel_values'], out: 'colour', attributes: { axes: [2, 3], keepdims: 0 } },
      { op: 'MatMul', in: ['colour', 'of colours'], out: 'seen' },
      { op: 'Add', in: ['words', 'seen'], out: 'itm_score' },
    ],
  };
  const { 'tokenizer.json': pieces, 'tokenizer_config.json': config } = siglip2('tokens', {
    model_max_length: length,
    model_input_names: ['input_ids', 'attention_mask'],
  });
  return {
    'config.json': { model_type: 'blip', text_config: { vocab_size: ROWS } },
    'preprocessor_config.json': {
      image_processor_type: 'BlipImageProcessor',
      size: { height: TINY_CLIP.side, width: TINY_CLIP.side },
    },
    'model.onnx': onnxModel(spec),
    'tokenizer.json': pieces!,
    'tokenizer_config.json': config!,
  };
}

describe('a matching head of long texts', () => {
  it('gives the same bits at 8,192 tokens as at few, where it takes no notice of padding', async () => {
    expect(await scores(head(false, 8192), TEXTS)).toEqual(await scores(head(false, 64), TEXTS));
  });

  it('is fed all of its padding where that counts', async () => {
    const [few, many] = [await scores(head(true, 64), TEXTS), await scores(head(true, 512), TEXTS)];
    TEXTS.forEach((text, i) => {
      const rows = (length: number, d: number) =>
        idsOf(text, length).reduce((sum, id) => sum + table[id * WIDTH + d]! / length, 0);
      const weights = weightsOf(WIDTH * 2, 5);
      const words = (length: number) =>
        Array.from({ length: WIDTH }, (_, d) => rows(length, d) * (weights[2 * d + 1]! - weights[2 * d]!)).reduce(
          (a, b) => a + b,
          0,
        );
      each(images).forEach((_, n) => {
        expect(many[i]![n]! - few[i]![n]!).toBeCloseTo(words(512) - words(64), 5);
      });
    });
  });
});

describe('a text encoder of a diffusion model', () => {
  it('that insists on a length is fed it, whatever its tokenizer says', async () => {
    const files = tinyDiffusion();
    const config = { ...(files['tokenizer/tokenizer_config.json'] as object), model_max_length: 9 };
    const other = { ...files, 'tokenizer/tokenizer_config.json': config };
    expect((await inspected(other)).report.tokenLength).toBe(TINY_DIFFUSION.tokens);
    expect(await scores(other, ['a red cat'])).toEqual(await scores(files, ['a red cat']));
  });
});
