import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { type ExampleList, taskOfLists } from '../../test/support/example-lists.ts';
import { newFolder, writeFiles } from '../../test/support/folder.ts';
import { schedulerOf } from '../../test/support/scheduler.ts';
import {
  embeddings,
  SCALING,
  TINY_DIFFUSION,
  type TinyDiffusion,
  tinyDiffusion,
  tokensOf,
  UNET,
  vaeKernel,
} from '../../test/support/tiny-checkpoints.ts';
import {
  IMMICH_ENDS,
  imageKernel,
  OPEN_CLIP_ENDS,
  TINY_CLIP,
  type TinyClip,
  tinyClip,
} from '../../test/support/tiny-clip.ts';
import { alphasCumprod } from './diffusion/schedule.ts';
import { type Evaluator, openEvaluator } from './evaluate.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import { inspectCheckpoint } from './inspect.ts';
import { NoiseStream } from './protocols/noise.ts';
import { timestepsFor } from './protocols/timesteps.ts';
import { type Device, DOUBLING_GRAPH } from './runtime/device.ts';
import { openModel } from './runtime/session.ts';

const REFERENCE = fileURLToPath(new URL('../../test/reference', import.meta.url));
const odd = JSON.parse(readFileSync(path.join(REFERENCE, 'odd-scores.json'), 'utf8'));
const ODD_IMAGES: string[] = odd.images.map(({ file }: { file: string }) => path.join(REFERENCE, 'images', file));
const ODD_TEXTS: string[] = odd.texts.map(({ text }: { text: string }) => text);

const scratch = newFolder();
const opened: Evaluator[] = [];
afterAll(async () => {
  for (const evaluator of opened) await evaluator.close();
});

async function open(dir: string, options: Partial<EvaluatorOptions> = {}): Promise<Evaluator> {
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  const evaluator = await openEvaluator({
    dir,
    report: inspection.report,
    samples: 10,
    seed: 0,
    batch: 4,
    threads: 1,
    ...options,
  });
  opened.push(evaluator);
  return evaluator;
}

let folders = 0;
async function checkpoint(files: Record<string, string | Uint8Array | object>): Promise<string> {
  const dir = path.join(scratch, `checkpoint-${folders++}`);
  await writeFiles(dir, files);
  return dir;
}

const taskOf = (...lists: ExampleList[]) => taskOfLists(scratch, lists);

/** The stated tolerance: 1e-4 of the size and 2e-5 of the noise's norm. */
const closeTo = (have: number, want: number, norm: number, relative = 1e-4) =>
  expect(Math.abs(have - want)).toBeLessThanOrEqual(relative * Math.abs(want) + 2e-5 * norm);

describe('against PyTorch', () => {
  it('a latent diffusion model of odd sizes has the scores and errors that PyTorch gives', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-ldm'), {
      samples: odd.diffusion.samples,
      seed: odd.diffusion.seed,
    });
    const data = taskOf({ texts: ODD_TEXTS, images: ODD_IMAGES });
    const [scored] = await evaluator.scoreExamples(data, 0, 1, { errors: true });
    const { scores, errors, noise_norms } = odd.diffusion;
    for (const w of ODD_TEXTS.keys()) {
      for (const i of ODD_IMAGES.keys()) {
        closeTo(scored!.scores[w]![i]!, scores['diffusion-itm'][w][i], noise_norms[0]);
        for (const [k, norm] of noise_norms.entries()) {
          closeTo(scored!.errors!.cond[w]![i]![k]!, errors.cond[w][i][k], norm);
          closeTo(scored!.errors!.uncond![i]![k]!, errors.uncond[i][k], norm);
        }
      }
    }
    expect(evaluator.protocol).toBe('diffusion-itm');
  });

  it('a dual encoder of odd sizes has the cosines that PyTorch gives', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-clip'));
    const [scored] = await evaluator.scoreExamples(taskOf({ texts: ODD_TEXTS, images: ODD_IMAGES }), 0, 1);
    const want: number[][] = odd.dual_encoder.scores;
    for (const [w, row] of want.entries())
      for (const [i, score] of row.entries()) closeTo(scored!.scores[w]![i]!, score, 1);
    expect(evaluator.protocol).toBe('cosine');
  });
});

/** Random pixels and their file. */
async function picture(side: number, salt: number): Promise<{ pixels: Uint8Array; file: string }> {
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * (salt * 2 + 31) + salt * 77) % 256);
  const file = path.join(scratch, `${side}-${salt}.png`);
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
  return { pixels, file };
}

/** The formulas of GDBENCH.md 1.1 for the tiny model, step by step. */
function diffusionByHand(tiny: TinyDiffusion, text: string, pixels: Uint8Array, samples: number): number {
  const { channels, side, tokens, width } = tiny;
  const kernel = vaeKernel(tiny.vae === 'parameters' ? 2 * channels : channels);
  const z0 = Float64Array.from({ length: channels * side * side }, (_, at) => {
    const [c, y, x] = [Math.floor(at / (side * side)), Math.floor(at / side) % side, at % side];
    const colour = [0, 1, 2].map((rgb) => {
      const four = [0, 1, 2, 3].map(
        (n) => pixels[((2 * y + (n >> 1)) * 2 * side + 2 * x + (n & 1)) * 3 + rgb]! / 127.5 - 1,
      );
      return four.reduce((sum, value) => sum + value, 0) / 4;
    });
    return SCALING * colour.reduce((sum, value, rgb) => sum + value * kernel[c * 3 + rgb]!, 0);
  });
  const table = embeddings(width);
  const meanOf = (words: string) => {
    const rows = tokensOf(words, tokens).flatMap((id) => Array.from(table.subarray(id * width, (id + 1) * width)));
    return rows.reduce((sum, value) => sum + value, 0) / rows.length;
  };
  const config = schedulerOf(tiny.scheduler);
  const alphas = alphasCumprod(config);
  const stream = new NoiseStream(0);
  let total = 0;
  const steps = timestepsFor(samples, config.num_train_timesteps);
  for (const t of steps) {
    const eps = stream.draw(z0.length);
    const [a, b] = [Math.sqrt(alphas[t]!), Math.sqrt(1 - alphas[t]!)];
    const error = (words: string) =>
      Math.sqrt(
        z0.reduce((sum, z, i) => {
          const x = a * z + b * eps[i]!;
          const out = UNET.sample * x + UNET.states * meanOf(words) + UNET.step * t;
          const hat = { epsilon: out, v_prediction: a * out + b * x, sample: (x - a * out) / b }[
            config.prediction_type
          ];
          return sum + (eps[i]! - hat) ** 2;
        }, 0),
      );
    total += error(text) - error('');
  }
  return -total / steps.length;
}

const float = 'float32' as const;
const forms: Record<string, Partial<TinyDiffusion>> = {
  'as Optimum exports it': {},
  'a float scalar timestep': { timestep: { type: float, shape: [] } },
  'an int64 scalar timestep': { timestep: { type: 'int64', shape: [] } },
  'one timestep': { timestep: { type: float, shape: [1] } },
  'a timestep a row': { timestep: { type: float, shape: ['batch'] } },
  'a timestep input that says any number and takes one': { oneStep: true },
  'a fixed batch of 3': { batch: 3, timestep: { type: 'int64', shape: [3] } },
  'a fixed batch of 3 that says any number of timesteps': { batch: 3 },
  'a fixed batch of 3 that says any number of timesteps and takes one': { batch: 3, oneStep: true },
  'a fixed batch of 3 that says any number of timesteps and reads the first': { batch: 3, firstStep: true },
  'a timestep input that says any number and reads the first': { firstStep: true },
  'a fixed batch of 3 and one timestep': { batch: 3, timestep: { type: 'int64', shape: [1] } },
  'a fixed batch of 1': { batch: 1, timestep: { type: 'int64', shape: [1] } },
  'int32 tokens': { ids: 'int32' },
  'half precision': { floats: 'float16' },
  'an encoder that draws its sample': { vae: 'drawn like' },
  'an encoder that draws its sample of a fixed shape': { vae: 'drawn' },
  v_prediction: { scheduler: { prediction_type: 'v_prediction', beta_schedule: 'squaredcos_cap_v2' } },
  'v_prediction with zero terminal SNR': {
    scheduler: { prediction_type: 'v_prediction', rescale_betas_zero_snr: true },
  },
  'sample prediction': { scheduler: { prediction_type: 'sample' } },
  'trained betas': { scheduler: { num_train_timesteps: 4, trained_betas: [0.1, 0.2, 0.3, 0.4] } },
};

describe('a diffusion export', () => {
  it.each(Object.entries(forms))('with %s scores as the formulas say', async (_, form) => {
    const tiny: TinyDiffusion = { ...TINY_DIFFUSION, ...form };
    const evaluator = await open(await checkpoint(tinyDiffusion(tiny)));
    const pictures = [await picture(2 * tiny.side, 1), await picture(2 * tiny.side, 2)];
    const texts = ['a red cube', 'two', 'over and over again'];
    const [scored] = await evaluator.scoreExamples(taskOf({ texts, images: pictures.map(({ file }) => file) }), 0, 1);
    const norm = Math.sqrt(tiny.channels * tiny.side ** 2);
    for (const [w, text] of texts.entries()) {
      for (const [i, { pixels }] of each(pictures).entries()) {
        const [have, want] = [scored!.scores[w]![i]!, diffusionByHand(tiny, text, pixels, 10)];
        // Half precision keeps 11 bits of every value that goes in and out.
        if (tiny.floats === 'float16') expect(Math.abs(have - want)).toBeLessThan(2e-3 * norm);
        else closeTo(have, want, norm);
      }
    }
    expect(evaluator.warnings).toHaveLength(tiny.vae === 'parameters' ? 0 : 1);
  });
});

/** Mean of the tokens' embeddings, mean colour times a matrix, cosine. */
function cosineByHand({ tokens, width }: TinyClip, text: string, pixels: Uint8Array): number {
  const [table, matrix] = [embeddings(width), imageKernel(width)];
  const [mean, std] = [
    [0.4, 0.5, 0.6],
    [0.2, 0.3, 0.4],
  ];
  const ids = tokensOf(text, tokens);
  const a = Array.from({ length: width }, (_, d) => ids.reduce((sum, id) => sum + table[id * width + d]!, 0) / tokens);
  const area = pixels.length / 3;
  const colour = [0, 1, 2].map((c) => {
    const level =
      Array.from({ length: area }, (_, i) => pixels[i * 3 + c]! / 255).reduce((sum, value) => sum + value, 0) / area;
    return (level - mean[c]!) / std[c]!;
  });
  const b = Array.from({ length: width }, (_, d) =>
    colour.reduce((sum, value, c) => sum + value * matrix[c * width + d]!, 0),
  );
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const clips: Record<string, Partial<TinyClip>> = {
  'split at the root': {},
  'split below onnx/': { layout: 'split in onnx/' },
  joint: { layout: 'joint' },
  'joint with one batch for both': { layout: 'joint', texts: 'batch', images: 'batch' },
  'joint with fixed batches': { layout: 'joint', texts: 2, images: 3 },
  'split with a fixed batch': { texts: 3, images: 1 },
  'int32 tokens': { ids: 'int32' },
  'pooler_output, as SigLIP says': {
    modelType: 'siglip',
    outputs: { text: 'pooler_output', image: 'pooler_output' },
  },
  'outputs as Jina CLIP says': {
    modelType: 'jina_clip',
    layout: 'joint',
    outputs: { text: 'text_embeddings', image: 'image_embeddings' },
  },
  'normalised outputs alone': {
    modelType: 'jina_clip',
    outputs: { text: 'l2norm_text_embeddings', image: 'l2norm_image_embeddings' },
  },
  "immich's folders": { layout: 'immich', ...IMMICH_ENDS, ids: 'int32', texts: 1, images: 1 },
  "open_clip's own pair": { layout: 'open_clip', ...OPEN_CLIP_ENDS },
  "open_clip's own graph": { layout: 'open_clip joint', ...OPEN_CLIP_ENDS },
  'no model type, but projected outputs': { modelType: null },
  "a processor's file of another size than the graph's": { stated: 5 },
  "the same of open_clip's": { stated: 5, layout: 'immich', ...IMMICH_ENDS },
};

describe('a dual encoder', () => {
  it.each(Object.entries(clips))('%s scores as the formulas say', async (_, form) => {
    const tiny: TinyClip = { ...TINY_CLIP, ...form };
    const evaluator = await open(await checkpoint(tinyClip(tiny)));
    const pictures = await Promise.all([3, 4, 5, 6].map((salt) => picture(tiny.side, salt)));
    const texts = ['a red cube', 'two', 'over and over again', 'a', 'b'];
    const [scored] = await evaluator.scoreExamples(taskOf({ texts, images: pictures.map(({ file }) => file) }), 0, 1);
    for (const [w, text] of texts.entries()) {
      for (const [i, { pixels }] of pictures.entries())
        closeTo(scored!.scores[w]![i]!, cosineByHand(tiny, text, pixels), 1);
    }
  });
});

/** Examples that share texts and images in many ways. */
const shared = () =>
  taskOf(
    { texts: [ODD_TEXTS[1]!, ODD_TEXTS[2]!], images: [ODD_IMAGES[0]!] },
    { texts: [ODD_TEXTS[3]!, ODD_TEXTS[1]!], images: [ODD_IMAGES[0]!, ODD_IMAGES[1]!] },
    { texts: [ODD_TEXTS[4]!], images: [ODD_IMAGES[2]!, ODD_IMAGES[3]!, ODD_IMAGES[4]!] },
    { texts: [ODD_TEXTS[2]!, ODD_TEXTS[5]!], images: [ODD_IMAGES[5]!] },
    { texts: [ODD_TEXTS[1]!, ODD_TEXTS[4]!], images: [ODD_IMAGES[4]!] },
  );

describe.each(['odd-ldm', 'odd-clip'])('%s with batch and threads pinned', (name) => {
  it('gives the same bits however the examples are cut into shards, in whatever order, on warm and on fresh evaluators', async () => {
    const dir = path.join(REFERENCE, name);
    const pinned = { batch: 3, threads: 1, samples: 4 };
    const data = shared();
    const n = data.examples.length;
    const whole = await (await open(dir, pinned)).scoreExamples(data, 0, n, { errors: true });
    const fresh = await open(dir, pinned);
    const warm = await open(dir, pinned);
    await warm.scoreExamples(data, 2, 4);
    await warm.scoreExamples(taskOf({ texts: ['else'], images: [ODD_IMAGES[6]!] }), 0, 1);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(warm, fresh),
        fc.uniqueArray(fc.integer({ min: 1, max: n - 1 })),
        fc.boolean(),
        async (evaluator, cuts, backwards) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), n];
          const shards = bounds.slice(1).map((to, i) => [bounds[i]!, to] as const);
          for (const [from, to] of each(backwards ? shards.reverse() : shards)) {
            expect(await evaluator.scoreExamples(data, from, to, { errors: true })).toEqual(whole.slice(from, to));
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

/** Whether a graph of one number really runs on a device here. */
async function works(device: Device): Promise<boolean> {
  const graph = Buffer.from(DOUBLING_GRAPH, 'base64');
  const model = await openModel(graph, 'doubling.onnx', { device, threads: 1, warn: () => {} });
  await model.close();
  return model.device === device;
}

describe('work', () => {
  it('is done once: the empty text once an image, a repeated text and a byte-equal image not at all', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-ldm'));
    const twin = path.join(scratch, 'twin.png');
    await copyFile(ODD_IMAGES[1]!, twin);
    const data = taskOf(
      { texts: ['a red cube', 'a blue ball'], images: [ODD_IMAGES[1]!] },
      { texts: ['a red cube', 'a red cube'], images: [ODD_IMAGES[1]!, twin] },
    );
    const [, second] = await evaluator.scoreExamples(data, 0, 2);
    // 10 samples: the image's empty text, two texts; then one pair that is left of four.
    expect(evaluator.rowsScored).toBe(10 + 20 + 10);
    expect(new Set(second!.scores.flat()).size).toBe(1);
  });

  it('stops at a signal with its reason', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-ldm'));
    const stop = new AbortController();
    const onExample = () => stop.abort(new Error('enough'));
    await expect(evaluator.scoreExamples(shared(), 0, 5, { signal: stop.signal, onExample })).rejects.toThrow('enough');
  });

  it('names an image that cannot be read as the data root does', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-clip'));
    const data = taskOf({ texts: ['a'], images: [path.join(scratch, 'gone/away.png')] });
    await expect(evaluator.scoreExamples(data, 0, 1)).rejects.toThrow(/^The image gone\/away.png cannot be read/);
  });

  it('goes on without a device that is not there, and says so', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-clip'), { device: 'tensorrt' });
    const [scored] = await evaluator.scoreExamples(taskOf({ texts: ['a'], images: [ODD_IMAGES[0]!] }), 0, 1);
    expect(scored!.scores[0]![0]).toBeTypeOf('number');
    // A machine may have it.
    const { warnings } = evaluator;
    if (!(await works('tensorrt'))) expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.every((warning) => warning.startsWith('The device tensorrt cannot be used'))).toBe(true);
  });
});
