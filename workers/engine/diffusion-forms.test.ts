import { describe, expect, it } from 'vitest';
import { CASE_IMAGES } from '../../test/support/diffusion-cases.ts';
import { each } from '../../test/support/each.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { type Files, folderOf, merged, without } from '../../test/support/folder.ts';
import { type GraphSpec, onnxModel } from '../../test/support/onnx-writer.ts';
import {
  TINY_DIFFUSION,
  type TinyDiffusion,
  tinyDiffusion,
  tinyUnet,
  weightsOf,
} from '../../test/support/tiny-checkpoints.ts';
import { openEvaluator } from './evaluate.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * Exports as people have them, each scored as its twin whose files say everything.
 */

const UNET = 'unet/config.json';
const VAE = 'vae_encoder/config.json';
const tiny = (more: Partial<TinyDiffusion> = {}) => tinyDiffusion({ ...TINY_DIFFUSION, ...more });

async function scored(files: Files): Promise<{ scores: readonly (readonly number[])[]; warnings: readonly string[] }> {
  const dir = await folderOf(files);
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  const fixed = { samples: 5, seed: 0, batch: 4, threads: 1, device: 'cpu' } as const;
  const evaluator = await openEvaluator({ dir, report: inspection.report, ...fixed });
  try {
    const lists = [{ texts: ['a red cube', 'two'], images: CASE_IMAGES.slice(0, 2) }];
    const [example] = await evaluator.scoreExamples(taskOfLists(dir, lists), 0, 1);
    expect(evaluator.warnings).toEqual(inspection.report.warnings);
    return { scores: example!.scores, warnings: evaluator.warnings };
  } finally {
    await evaluator.close();
  }
}

/** The same scores, to the bit, and so many warnings more. */
async function expectTwin(files: Files, twin: Files, warnings: number): Promise<void> {
  const [have, want] = [await scored(files), await scored(twin)];
  expect(have.scores).toEqual(want.scores);
  expect([have.warnings.length, want.warnings]).toEqual([warnings, []]);
}

const sized = (files: Files, unet: object, vae: object): Files => merged(merged(files, UNET, unet), VAE, vae);

describe('an export is scored as its twin whose files say everything', () => {
  it('of an old pipeline, which has no configurations in its parts', async () => {
    const bare = without(tiny(), UNET, VAE, 'text_encoder/config.json');
    await expectTwin(bare, merged(tiny(), VAE, { scaling_factor: 0.18215 }), 1);
  });

  it('of an old pipeline whose graphs leave everything open: 64 by 64 latents', async () => {
    const bare = without(tiny({ open: 'all' }), UNET, VAE, 'text_encoder/config.json');
    const twin = sized(tiny({ open: 'all' }), { sample_size: 64 }, { scaling_factor: 0.18215 });
    await expectTwin(bare, twin, 2);
  });

  it('with the configuration of a larger model beside static graphs', async () => {
    await expectTwin(sized(tiny(), { sample_size: 6 }, { sample_size: 12 }), tiny(), 1);
  });

  it('with half the size, as old releases wrote it', async () => {
    const old = sized(tiny({ open: 'sides' }), { sample_size: 4, _diffusers_version: '0.6.0' }, { sample_size: 16 });
    await expectTwin(old, sized(tiny({ open: 'sides' }), { sample_size: 8 }, { sample_size: 16 }), 1);
  });

  it('with an AutoencoderTiny, whose latents are not scaled unless it says so', async () => {
    const levels = { encoder_block_out_channels: [4, 8], latent_magnitude: 3, latent_shift: 0.5 };
    const files = { ...tiny(), [VAE]: { _class_name: 'AutoencoderTiny', ...levels } };
    await expectTwin(files, merged(tiny(), VAE, { scaling_factor: 1 }), 0);
  });

  it('with nulls, where defaults are meant', async () => {
    const nulls = { beta_start: null, beta_end: null, beta_schedule: null, prediction_type: null, trained_betas: null };
    const files = { ...tiny(), 'scheduler/scheduler_config.json': { ...nulls, _class_name: 'LCMScheduler' } };
    const stated = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' };
    const both = (more: Files) => merged(more, 'model_index.json', { scheduler: ['diffusers', 'LCMScheduler'] });
    await expectTwin(both(files), { ...tiny(), 'scheduler/scheduler_config.json': stated }, 0);
  });

  it('with a byte order mark and an infinity in its scheduler, as Windows and diffusers write them', async () => {
    const stated = { ...TINY_DIFFUSION.scheduler, _class_name: 'DPMSolverMultistepScheduler', lambda_min_clipped: 0 };
    const text = `\ufeff${JSON.stringify(stated).replace(':0}', ':-Infinity}')}`;
    expect(text).toContain('"lambda_min_clipped":-Infinity}');
    await expectTwin({ ...tiny(), 'scheduler/scheduler_config.json': text }, tiny(), 0);
  });

  it('whose graphs are there in half precision alone', async () => {
    const renamed = Object.fromEntries(
      Object.entries(tiny()).map(([file, content]) => [file.replace('model.onnx', 'model_fp16.onnx'), content]),
    );
    await expectTwin(renamed, tiny(), 3);
  });
});

describe('a latent consistency model', () => {
  const WIDTH = 9;
  const weights = weightsOf(WIDTH, 5);
  /** Zeros and ones: sines and cosines of 0, and a zero in the last place of an odd width. */
  const ofScaleOne = [0, 0, 0, 0, 1, 1, 1, 1, 0];

  /** The tiny U-Net with what its guidance adds to every element. */
  function guided(added: 'input' | 'constant', width: number | string = WIDTH): GraphSpec {
    const spec = tinyUnet(
      TINY_DIFFUSION,
      added === 'input' ? [{ name: 'timestep_cond', type: 'float32', shape: ['batch', width] }] : [],
    );
    const constant = Float32Array.of(ofScaleOne.reduce((sum, one, i) => sum + one * weights[i]!, 0));
    return {
      ...spec,
      weights: [
        ...spec.weights,
        { name: 'guidance', dims: [WIDTH, 1], data: weights },
        { name: 'added', dims: [], data: constant },
      ],
      ops: [
        ...spec.ops.filter(({ out }) => out !== 'out_sample'),
        ...(added === 'input'
          ? [
              { op: 'MatMul', in: ['timestep_cond', 'guidance'], out: 'w' },
              { op: 'Reshape', in: ['w', 'column'], out: 'w4' },
            ]
          : []),
        { op: 'Add', in: ['sum', added === 'input' ? 'w4' : 'added'], out: 'out_sample' },
      ],
    };
  }
  const withUnet = (spec: GraphSpec, more: object = {}): Files =>
    merged({ ...tiny(), 'unet/model.onnx': onnxModel(spec) }, UNET, more);

  it('is told of a guidance scale of 1', async () => {
    const [have, want] = [await scored(withUnet(guided('input'))), await scored(withUnet(guided('constant')))];
    for (const [w, row] of each(want.scores).entries())
      for (const [i, score] of each(row).entries()) expect(Math.abs(have.scores[w]![i]! - score)).toBeLessThan(1e-5);
    expect(have.warnings).toEqual([]);
    expect((await scored(tiny())).scores).not.toEqual(have.scores);
  });

  it('of a width that the configuration alone tells too', async () => {
    const open = withUnet(guided('input', 'width'), { time_cond_proj_dim: WIDTH });
    expect((await scored(open)).scores).toEqual((await scored(withUnet(guided('input')))).scores);
  });
});

describe('all that is wrong with a diffusion export', () => {
  it('is told at once, each with what mends it', async () => {
    const files: Files = {
      ...without(tiny(), 'tokenizer', 'text_encoder/model.onnx'),
      'text_encoder/model_quantized.onnx': 'x',
      'text_encoder/model_q4.onnx': 'x',
      'scheduler/scheduler_config.json': { _class_name: 'UniPCMultistepScheduler', use_flow_sigmas: true, beta_end: 2 },
      [VAE]: { block_out_channels: [4, 8], latents_mean: [0, 0] },
      [UNET]: { sample_size: 3, in_channels: 2, out_channels: 5 },
    };
    const inspection = await inspectCheckpoint(await folderOf(files));
    if (inspection.ok) throw new Error('accepted');
    expect(inspection.faults.map(({ file, gravity }) => [file, gravity])).toEqual([
      ['tokenizer/', 'file'],
      ['text_encoder/model.onnx', 'file'],
      ['scheduler/scheduler_config.json', 'setting'],
      ['scheduler/scheduler_config.json', 'setting'],
      [VAE, 'setting'],
    ]);
    for (const { remedy, found, expected } of each(inspection.faults))
      expect([remedy, found, expected].every((words) => words.length > 0)).toBe(true);
    expect(inspection.reason).toMatch(
      /holds model_q4.onnx, model_quantized.onnx, which are rounded to few bits, .* choose one and give it that name: `mv \S+\/text_encoder\/model_q4.onnx \S+\/text_encoder\/model.onnx`/,
    );
    expect(inspection.reason).not.toContain('\n');
  });
});
