import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged, without } from '../../../test/support/folder.ts';
import { type GraphSpec, type Op, onnxModel, type Value } from '../../../test/support/onnx-writer.ts';
import { TINY_DIFFUSION, tinyDiffusion, tinyUnet } from '../../../test/support/tiny-checkpoints.ts';
import { inspectCheckpoint } from '../inspect.ts';
import { readDiffusionLayout } from './diffusion-layout.ts';
import { CheckpointFault } from './fault.ts';
import { openFolder } from './folder.ts';

const latent = tinyDiffusion();
const index = (files: Files, more: object) => merged(files, 'model_index.json', more);
const noVae = index(without(latent, 'vae_encoder'), { vae_encoder: null, vae_decoder: null });
const pixel = { ...TINY_DIFFUSION, channels: 3 };
const pixels: Files = index(without(tinyDiffusion(pixel), 'vae_encoder'), { vae_encoder: [null, null] });

const SCHEDULER = 'scheduler/scheduler_config.json';
const scheduled = (config: object): Files => ({ ...latent, [SCHEDULER]: config });
/** Forty betas, the first of which is 0: abar is 1 at timestep 0, which every budget uses. */
const LATE = { num_train_timesteps: 40, trained_betas: [0, ...Array<number>(39).fill(0.1)] };

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  [
    'a transformer',
    { ...index(without(latent, 'unet'), { unet: undefined }), 'transformer/config.json': {} },
    'transformer/',
    /^transformer\/ takes the place of a U-Net/,
  ],
  [
    'a third text encoder',
    { ...latent, 'text_encoder_3/config.json': {} },
    'text_encoder_3/',
    /^text_encoder_3\/ is a third text encoder/,
  ],
  [
    'a second text encoder that only the index names',
    index(latent, { text_encoder_2: ['a', 'b'] }),
    'text_encoder_2/',
    /^text_encoder_2\/ is missing, though model_index.json names `text_encoder_2`, .*; tokenizer_2\/ is missing/,
  ],
  [
    'a second text encoder without its graph',
    { ...latent, 'text_encoder_2/config.json': {}, 'tokenizer_2/vocab.json': {} },
    'text_encoder_2/model.onnx',
    /^text_encoder_2\/model.onnx is missing/,
  ],
  [
    'a controlling network that only the index names',
    index(latent, { controlnet: ['a', 'b'] }),
    'controlnet/',
    /^controlnet\/ is a network that steers the U-Net by a picture/,
  ],
  [
    'another autoencoder',
    { ...noVae, 'vqvae/config.json': {} },
    'vqvae/',
    /^vqvae\/ is an autoencoder of a kind that GDBench cannot score/,
  ],
  [
    'latents without an encoder',
    noVae,
    'unet/config.json',
    /^unet\/config.json has 2 in_channels, where 3 \(those of pixels, on which a model without vae_encoder\/ works\) is expected/,
  ],
  [
    'a decoder without an encoder',
    { ...pixels, 'vae_decoder/model.onnx': 'x' },
    'vae_encoder/',
    /^vae_encoder\/ is missing, though vae_decoder\/ is there/,
  ],
  [
    'a U-Net that is given more than it predicts',
    merged(latent, 'unet/config.json', { out_channels: 1 }),
    'unet/config.json',
    /^unet\/config.json has 2 in_channels and 1 out_channels/,
  ],
  [
    'a latent of two sides',
    merged(latent, 'unet/config.json', { sample_size: [3, 4] }),
    'unet/config.json',
    /^unet\/config.json has a sample_size of 3 by 4/,
  ],
  [
    'a scaling of each channel',
    merged(latent, 'vae_encoder/config.json', { latents_mean: [0.1, 0.2] }),
    'vae_encoder/config.json',
    /^vae_encoder\/config.json has `latents_mean`/,
  ],
  [
    'a scheduler of another process',
    merged(latent, SCHEDULER, { _class_name: 'FlowMatchEulerDiscreteScheduler' }),
    SCHEDULER,
    /^scheduler\/scheduler_config.json is of a FlowMatchEulerDiscreteScheduler, which has noise of flow matching/,
  ],
  [
    'a scheduler that nobody knows, which the index names',
    index(latent, { scheduler: ['mine', 'MyScheduler'] }),
    'model_index.json',
    /^model_index.json is of a MyScheduler, whose noise GDBench does not know, where a scheduler of betas/,
  ],
  [
    'a scheduler without a class anywhere',
    index(latent, { scheduler: undefined }),
    SCHEDULER,
    /^scheduler\/scheduler_config.json names no class, and neither does model_index.json/,
  ],
  [
    'two classes of schedulers that make two noises',
    scheduled({ _class_name: 'HeunDiscreteScheduler', beta_schedule: 'linear' }),
    SCHEDULER,
    /is of a HeunDiscreteScheduler, and model_index.json names a DDIMScheduler, which makes another noise/,
  ],
  ...['epsilon', 'v_prediction', 'sample'].flatMap((prediction_type): [string, Files, string, RegExp][] => [
    [
      `a schedule without noise (${prediction_type})`,
      scheduled({ prediction_type, beta_start: 0, beta_end: 0 }),
      SCHEDULER,
      /^scheduler\/scheduler_config.json has betas that mix no noise into an image, where a schedule of betas that .* is expected; give it the betas/,
    ],
    [
      `a schedule of nothing but noise (${prediction_type})`,
      scheduled({ prediction_type, beta_start: 1, beta_end: 1 }),
      SCHEDULER,
      /^scheduler\/scheduler_config.json has betas that leave nothing of an image, where a schedule of betas that .* is expected; give it the betas/,
    ],
  ]),
  [
    'a predicted sample where there is no noise yet',
    scheduled({ ...LATE, prediction_type: 'sample' }),
    SCHEDULER,
    /^scheduler\/scheduler_config.json mixes no noise in at timestep 0, so that a predicted sample does not tell the noise/,
  ],
];

describe('a diffusion export is refused for', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    const fault = await readDiffusionLayout(await openFolder(await folderOf(files))).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(CheckpointFault);
    expect((fault as CheckpointFault).file).toBe(file);
    expect((fault as CheckpointFault).message).toMatch(reason);
  });
});

describe('a diffusion export is accepted', () => {
  it.each(['epsilon', 'v_prediction'])(
    'with no noise at its first timestep, predicting %s',
    async (prediction_type) => {
      const dir = await folderOf(scheduled({ ...LATE, prediction_type }));
      expect(await inspectCheckpoint(dir)).toMatchObject({ ok: true });
    },
  );

  it.each(['epsilon', 'v_prediction', 'sample'])(
    'with nothing but noise at its last timestep, predicting %s',
    async (prediction_type) => {
      const config = { num_train_timesteps: 40, rescale_betas_zero_snr: true, prediction_type };
      expect(await inspectCheckpoint(await folderOf(scheduled(config)))).toMatchObject({ ok: true });
    },
  );
});

const withUnet = (spec: GraphSpec, files: Files = latent): Files => ({ ...files, 'unet/model.onnx': onnxModel(spec) });
const input = (name: string, ...shape: (number | string)[]): Value => ({ name, type: 'float32', shape });

/** The tiny U-Net of pixels with as many channels of a variance after its prediction. */
function withVariance(): GraphSpec {
  const spec = tinyUnet(pixel);
  return {
    ...spec,
    outputs: [{ ...spec.outputs[0]!, shape: ['batch', 6, 3, 3] }],
    ops: [
      ...spec.ops.map((op) => (op.out === 'out_sample' ? { ...op, out: 'prediction' } : op)),
      { op: 'Concat', in: ['prediction', 'x'], out: 'out_sample', attributes: { axis: 1 } },
    ],
  };
}

/** Inputs of models that do something else, and what is said of them. */
const otherInputs = (
  [
    ['class_labels', /a class or a level of noise/],
    ['down_block_additional_residual_0', /the residuals of a ControlNet/],
    ['mid_block_additional_residual', /the residuals of a ControlNet/],
    ['image_embeds', /the embedding of an image/],
    ['mask', /a second picture/],
    ['something', /which GDBench does not know/],
  ] as const
).map(([name, what]): [string, Files, RegExp] => [
  `takes \`${name}\``,
  withUnet(tinyUnet(TINY_DIFFUSION, [input(name, 'batch', 5)])),
  new RegExp(`^unet/model.onnx has the input \`${name}\`(,|:) .*${what.source}`),
]);

describe('a U-Net', () => {
  it.each([
    [
      'takes a pooled text that nobody gives',
      withUnet(tinyUnet(TINY_DIFFUSION, [input('text_embeds', 'batch', 5)])),
      /^unet\/model.onnx takes `text_embeds`, which only a second text encoder gives, where text_encoder_2\/ and tokenizer_2\/ is expected/,
    ],
    [
      'takes other time ids',
      withUnet(tinyUnet(TINY_DIFFUSION, [input('time_ids', 'batch', 5)])),
      /^unet\/model.onnx takes 5 `time_ids`, as an SDXL refiner does/,
    ],
    [
      'takes a guidance embedding of a width that nothing tells',
      withUnet(tinyUnet(TINY_DIFFUSION, [input('timestep_cond', 'batch', 'width')])),
      /^unet\/model.onnx takes `timestep_cond` .* of a width that it leaves open/,
    ],
    ...otherInputs,
    [
      'gives twice its channels without saying why',
      withUnet(withVariance(), pixels),
      /^unet\/model.onnx gives \[\d, 6, 3, 3\], twice the 3 channels that it takes, where an output of its input.s shape is expected; if the second half is a learned variance/,
    ],
  ])('that %s is refused by name', async (_, files, reason) => {
    const inspection = await inspectCheckpoint(await folderOf(files));
    expect(inspection).toMatchObject({ ok: false, file: 'unet/model.onnx' });
    expect(inspection.ok ? '' : inspection.reason).toMatch(reason);
  });

  it('that gives a learned variance and says so is accepted, with a warning', async () => {
    const files = merged(withUnet(withVariance(), pixels), 'unet/config.json', { out_channels: 6 });
    const inspection = await inspectCheckpoint(await folderOf(files));
    const warning =
      'unet/model.onnx gives twice as many channels as it takes: the first half is the prediction, and the learned variance is left out.';
    expect(inspection).toMatchObject({ ok: true, report: { latent: [3, 3, 3], warnings: [warning] } });
  });

  it('whose output has its channels last is refused, though it has as many numbers', async () => {
    const spec = tinyUnet({ ...TINY_DIFFUSION, open: 'all' });
    const last: Op = { op: 'Transpose', in: ['sum'], out: 'out_sample', attributes: { perm: [0, 2, 3, 1] } };
    const ops = [...spec.ops.filter(({ out }) => out !== 'out_sample'), last];
    const inspection = await inspectCheckpoint(await folderOf(withUnet({ ...spec, ops })));
    expect(inspection.ok ? '' : inspection.reason).toMatch(
      /^unet\/model.onnx gives \[\d, 3, 3, 2\], where an output of its input's shape, \[\d, 2, 3, 3\], is expected/,
    );
  });

  it('that takes time ids alone is accepted', async () => {
    const files = withUnet(tinyUnet(TINY_DIFFUSION, [input('time_ids', 'batch', 6)]));
    expect(await inspectCheckpoint(await folderOf(files))).toMatchObject({ ok: true });
  });
});
