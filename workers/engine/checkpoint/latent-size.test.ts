import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged, without } from '../../../test/support/folder.ts';
import { onnxModel } from '../../../test/support/onnx-writer.ts';
import { TINY_DIFFUSION, type TinyDiffusion, tinyDiffusion, tinyUnet } from '../../../test/support/tiny-checkpoints.ts';
import { type DiffusionLayout, readDiffusionLayout } from './diffusion-layout.ts';
import type { CheckpointFault } from './fault.ts';
import { openFolder } from './folder.ts';

const UNET = 'unet/config.json';
const VAE = 'vae_encoder/config.json';
const tiny = (more: Partial<TinyDiffusion> = {}) => tinyDiffusion({ ...TINY_DIFFUSION, ...more });
const read = async (files: Files) => readDiffusionLayout(await openFolder(await folderOf(files)));
const refusal = (files: Files) =>
  read(files).then(
    () => 'accepted',
    (error: unknown) => (error as CheckpointFault).message,
  );
const sizes = ({ latent, side }: DiffusionLayout) => [latent.channels, latent.height, latent.width, side];
const said = async (files: Files, ...of: number[]) => {
  const layout = await read(files);
  expect(sizes(layout)).toEqual(of);
  return layout.warnings;
};
/** The graphs of a model of this size, which they leave open, and what its configurations say. */
const open = (unet: object, vae: object, more: object = {}): Files =>
  merged(merged(merged(tiny({ open: 'sides' }), UNET, unet), VAE, vae), 'model_index.json', more);

describe('the size of a static export is that of its graphs', () => {
  it('whatever the configurations say, with a warning', async () => {
    const files = merged(merged(tiny(), UNET, { sample_size: 5 }), VAE, { sample_size: 10 });
    expect(await said(files, 2, 3, 3, 6)).toEqual([
      "unet/model.onnx is fixed to latents of 3 by 3, and unet/config.json says 5: images are scored at the graph's size, 6 by 6 pixels.",
    ]);
  });

  it("of the U-Net's alone, where the encoder takes any", async () => {
    const files = { ...open({ sample_size: 5 }, {}), 'unet/model.onnx': tiny()['unet/model.onnx']! };
    expect(await said(files, 2, 3, 3, 6)).toHaveLength(1);
  });

  it("of the encoder's alone, where the U-Net takes any", async () => {
    const files = { ...open({ sample_size: 5 }, {}), 'vae_encoder/model.onnx': tiny()['vae_encoder/model.onnx']! };
    expect(await said(files, 2, 3, 3, 6)).toEqual([
      expect.stringContaining('vae_encoder/model.onnx is fixed to latents of 3 by 3'),
    ]);
  });

  it("even against the configuration's levels", async () => {
    const files = merged(tiny(), VAE, { block_out_channels: [4, 8, 8] });
    expect(await said(files, 2, 3, 3, 6)).toEqual([
      expect.stringContaining('makes 2 by 2 pixels one, and vae_encoder/config.json says 4 by 4'),
    ]);
  });

  it('and two sizes are refused, with the command that exports one', async () => {
    const files = merged(
      { ...tiny(), 'vae_encoder/model.onnx': tiny({ side: 4 })['vae_encoder/model.onnx']! },
      'model_index.json',
      {
        _name_or_path: 'someone/some-model',
      },
    );
    expect(await refusal(files)).toMatch(
      /^vae_encoder\/model.onnx gives latents of 4 by 4, where the 3 by 3 that unet\/model.onnx is fixed to is expected; export both at one size: `optimum-cli export onnx --model someone\/some-model --height 512 --width 512 \S+\/`\.$/,
    );
  });

  it('and another number of channels is refused', async () => {
    expect(await refusal(merged(tiny(), UNET, { in_channels: 3 }))).toMatch(
      /takes `sample` with 2 in dimension 1, but unet\/config.json gives 3/,
    );
  });

  it('and one that is no square is refused', async () => {
    const spec = tinyUnet(TINY_DIFFUSION);
    const inputs = spec.inputs.map((one) => (one.name === 'sample' ? { ...one, shape: ['batch', 2, 3, 4] } : one));
    expect(await refusal({ ...tiny(), 'unet/model.onnx': onnxModel({ ...spec, inputs }) })).toMatch(
      /is fixed to a `sample` of 3 by 4, where a square is expected/,
    );
  });
});

describe('the size of an export that leaves it open', () => {
  it('is what the configuration says', async () => {
    expect(
      await said(open({ sample_size: 5, _diffusers_version: '0.30.0' }, { sample_size: 30 }), 2, 5, 5, 10),
    ).toEqual([]);
    expect(await said(open({ sample_size: 5 }, { sample_size: 10 }), 2, 5, 5, 10)).toEqual([]);
    expect(await said(open({ sample_size: 5 }, { sample_size: 8 }), 2, 5, 5, 10)).toEqual([]);
  });

  it("is the autoencoder's, where a release before 0.9 wrote half of it", async () => {
    const warning = [
      expect.stringMatching(
        /says a sample_size of 4, as releases of diffusers before 0.9 did of models of 8: .* 16 by 16 pixels/,
      ),
    ];
    expect(await said(open({ sample_size: 4, _diffusers_version: '0.6.0' }, { sample_size: 16 }), 2, 8, 8, 16)).toEqual(
      warning,
    );
    expect(
      await said(open({ sample_size: 4 }, { sample_size: 16 }, { _diffusers_version: '0.8.1' }), 2, 8, 8, 16),
    ).toEqual(warning);
  });

  it('is 64, as diffusers corrects it, where nothing else is known of an old one', async () => {
    const files = open({ sample_size: 32, _diffusers_version: '0.7.0.dev0' }, {});
    expect(await said(files, 2, 64, 64, 128)).toEqual([expect.stringContaining('of models of 64')]);
    expect(await said(open({ sample_size: 96, _diffusers_version: '0.7.0' }, {}), 2, 96, 96, 192)).toEqual([]);
  });

  it("is its own, where an old one's autoencoder is of larger images: Stable Diffusion 2 of 512 pixels beside one of 768", async () => {
    for (const _diffusers_version of ['0.8.0', undefined])
      expect(await said(open({ sample_size: 64, _diffusers_version }, { sample_size: 192 }), 2, 64, 64, 128)).toEqual(
        [],
      );
    const half = open({ sample_size: 32, _diffusers_version: '0.8.0' }, { sample_size: 192 });
    expect(await said(half, 2, 64, 64, 128)).toEqual([expect.stringContaining('of models of 64')]);
  });

  it('is questioned, where the autoencoder is of larger images and nothing tells the release', async () => {
    const files = open({ sample_size: 4 }, { sample_size: 16 });
    expect(await said(files, 2, 4, 4, 8)).toEqual([
      expect.stringContaining('the autoencoder is of 16 by 16 pixels: images are scored at 8 by 8'),
    ]);
  });

  it('is read from what else is there, where there is no configuration', async () => {
    const bare = without(open({}, {}), UNET);
    const taken = (pixels: number) => [expect.stringContaining(`images are scored at ${pixels} by ${pixels} pixels`)];
    expect(await said(bare, 2, 64, 64, 128)).toEqual(taken(128));
    expect(await said(merged(bare, VAE, { sample_size: 10 }), 2, 5, 5, 10)).toEqual(taken(10));
    const spec = tinyUnet({ ...TINY_DIFFUSION, open: 'sides' });
    const traced = { ...spec, outputs: [{ ...spec.outputs[0]!, shape: ['batch', 2, 7, 7] }] };
    expect(await said({ ...bare, 'unet/model.onnx': onnxModel(traced) }, 2, 7, 7, 14)).toEqual(taken(14));
  });

  it.each(['sample_sizes', 'Sample_size', 'size'])(
    'is asked for, where a configuration is there without it: %s',
    async (field) => {
      const files = merged(open({ sample_size: undefined, [field]: 5 }, { sample_size: 10 }), UNET, {});
      expect(await refusal(files)).toMatch(
        /^unet\/config.json does not tell the side of the images, and the graphs leave it open, where its `sample_size` \(64 for 128 by 128 pixels\) is expected; write \{"sample_size"/,
      );
    },
  );

  it.each(['StableDiffusionPipeline', 'StableDiffusionXLPipeline'])(
    "is asked for, where there is no configuration of another script than diffusers' first: %s",
    async (_class_name) => {
      const files = open({}, { sample_size: 10 }, { _class_name, unet: ['diffusers', 'UNet2DConditionModel'] });
      expect(await refusal(without(files, UNET))).toMatch(
        /^unet\/config.json is missing, and the graphs leave the side of the images open/,
      );
    },
  );

  it("takes channels and pixels from the graphs' convolutions, where they alone tell them", async () => {
    const bare = without(tiny({ open: 'all' }), UNET, VAE);
    expect(await said(bare, 2, 64, 64, 128)).toHaveLength(2);
  });
});

describe('a pixel model', () => {
  const index = { vae_encoder: null, vae_decoder: null };
  const pixels = (more: Partial<TinyDiffusion>) =>
    merged(without(tiny({ channels: 3, ...more }), 'vae_encoder'), 'model_index.json', index);

  it('has the size of its graph, or of its configuration', async () => {
    expect(await said(merged(pixels({}), UNET, { sample_size: 9 }), 3, 3, 3, 3)).toHaveLength(1);
    expect(await said(merged(pixels({ open: 'sides' }), UNET, { sample_size: 9 }), 3, 9, 9, 9)).toEqual([]);
  });

  it('is refused where nothing tells a size', async () => {
    expect(await refusal(without(pixels({ open: 'sides' }), UNET))).toMatch(
      /^unet\/config.json is missing, and the graphs leave the side of the images open, .* write \{"sample_size"/,
    );
  });

  it('of six channels is one that enlarges pictures', async () => {
    const files = merged(pixels({ channels: 6 }), UNET, { in_channels: 6, out_channels: 3 });
    expect(await refusal(files)).toMatch(/takes 6 channels, as a model that enlarges pictures/);
  });
});
