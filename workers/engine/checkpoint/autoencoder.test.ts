import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged, without } from '../../../test/support/folder.ts';
import { SCALING, tinyDiffusion } from '../../../test/support/tiny-checkpoints.ts';
import { type DiffusionLayout, readDiffusionLayout } from './diffusion-layout.ts';
import type { CheckpointFault } from './fault.ts';
import { openFolder } from './folder.ts';

const FILE = 'vae_encoder/config.json';
const ldm = tinyDiffusion();
const read = async (files: Files) => readDiffusionLayout(await openFolder(await folderOf(files)));
const withConfig = (config: object, files: Files = ldm): Files => ({ ...files, [FILE]: config });
const faultsOf = (files: Files) =>
  read(files).then(
    () => [],
    (error: unknown) => (error as CheckpointFault).faults.map(({ message }) => message),
  );
const scaled = ({ scalingFactor, shiftFactor, side }: DiffusionLayout) => ({ scalingFactor, shiftFactor, side });

describe('an autoencoder is read by its class', () => {
  it.each([
    ['AutoencoderKL', { block_out_channels: [4, 8] }, 0.18215],
    ['AsymmetricAutoencoderKL', { down_block_out_channels: [4, 8], up_block_out_channels: [4, 8] }, 0.18215],
    ['ConsistencyDecoderVAE', { encoder_block_out_channels: [4, 8], decoder_block_out_channels: [4] }, 0.18215],
    ['AutoencoderTiny', { encoder_block_out_channels: [4, 8], latent_magnitude: 3, latent_shift: 0.5 }, 1],
  ])('%s, with its own default of the scaling factor', async (name, levels, byDefault) => {
    for (const factor of [undefined, null]) {
      const layout = await read(withConfig({ _class_name: name, ...levels, scaling_factor: factor }));
      expect(scaled(layout)).toEqual({ scalingFactor: byDefault, shiftFactor: 0, side: 6 });
      expect(layout.warnings).toEqual([]);
    }
    const layout = await read(withConfig({ _class_name: name, ...levels, scaling_factor: 0.3, shift_factor: 0.1 }));
    expect(scaled(layout)).toEqual({ scalingFactor: 0.3, shiftFactor: 0.1, side: 6 });
  });

  it('its own, else the one that the model index names', async () => {
    const tiny = { encoder_block_out_channels: [4, 8] };
    const named = (name: string) => merged(withConfig(tiny), 'model_index.json', { vae: ['diffusers', name] });
    expect((await read(named('AutoencoderTiny'))).scalingFactor).toBe(1);
    expect((await read(merged(named('AutoencoderKL'), FILE, { _class_name: 'AutoencoderTiny' }))).scalingFactor).toBe(
      1,
    );
    expect(await faultsOf(withConfig(tiny))).toEqual([
      expect.stringMatching(/names no class, and has the levels of several/),
    ]);
  });

  it.each(['AutoencoderDC', 'VQModel', 'AutoencoderKLCogVideoX', 'AutoencoderOobleck', 'Mine'])(
    'and refused by name: %s',
    async (name) => {
      expect(await faultsOf(merged(ldm, FILE, { _class_name: name }))).toEqual([
        expect.stringContaining(`${FILE} is of a ${name}, an autoencoder that GDBench cannot score`),
      ]);
    },
  );

  it("whose factor is not the default of its class is asked for it: Stable Diffusion XL's", async () => {
    const xl = merged(ldm, 'model_index.json', { _class_name: 'StableDiffusionXLPipeline' });
    for (const fields of [{}, { scaling_factor: null }])
      expect(await faultsOf(withConfig({ block_out_channels: [4, 8], ...fields }, xl))).toEqual([
        expect.stringMatching(/has no `scaling_factor`, where .* write it \(0.13025 for XL's own autoencoder\)/),
      ]);
    expect(await read(withConfig({ block_out_channels: [4, 8], scaling_factor: 0.13025 }, xl))).toMatchObject({
      scalingFactor: 0.13025,
    });
  });

  it('all of its faults at once', async () => {
    const wrong = {
      latents_mean: [1, 2],
      latents_std: null,
      patch_size: 2,
      scaling_factor: 0,
      shift_factor: 'x',
      block_out_channels: 7,
    };
    expect(await faultsOf(merged(ldm, FILE, wrong))).toEqual([
      expect.stringMatching(/has `latents_mean`, a scaling of each channel that GDBench cannot apply/),
      expect.stringMatching(/has `patch_size`, where a field that a AutoencoderKL has is expected/),
      expect.stringMatching(/says `block_out_channels` is 7, where a list of 1 to 12 numbers is expected/),
      expect.stringMatching(/says `scaling_factor` is 0, where a number other than 0 is expected/),
      expect.stringMatching(/says `shift_factor` is "x", where a number is expected/),
    ]);
  });

  it.each([
    ...['in_channels', 'out_channels', 'down_block_types', 'up_block_types', 'layers_per_block', 'act_fn'],
    ...['norm_num_groups', 'force_upcast', 'use_quant_conv', 'use_post_quant_conv', 'mid_block_add_attention'],
    ...['latent_magnitude', 'latent_shift', 'upsampling_scaling_factor', 'num_encoder_blocks', 'export_model_type'],
  ])('whatever it says of %s, which is in the graph or about decoding', async (field) => {
    const before = await read(ldm);
    for (const value of [true, 2, 'x', [1], null])
      expect(scaled(await read(merged(ldm, FILE, { [field]: value })))).toEqual(scaled(before));
  });
});

describe('without a configuration of the autoencoder', () => {
  const bare = without(ldm, FILE);

  it("Stable Diffusion's scaling is taken, and said", async () => {
    const layout = await read(bare);
    expect(scaled(layout)).toEqual({ scalingFactor: 0.18215, shiftFactor: 0, side: 6 });
    expect(layout.warnings).toEqual([expect.stringContaining('latents are scaled by 0.18215')]);
    expect(SCALING).not.toBe(0.18215);
  });

  it("another's is asked for", async () => {
    const asked = [
      expect.stringMatching(
        /config.json is missing, and the graph does not tell its scaling factor, where the autoencoder's configuration is expected; write \{"scaling_factor"/,
      ),
    ];
    expect(await faultsOf(merged(bare, 'model_index.json', { _class_name: 'StableDiffusionXLPipeline' }))).toEqual(
      asked,
    );
    expect(await faultsOf(merged(bare, 'model_index.json', { vae: ['diffusers', 'AutoencoderTiny'] }))).toEqual(asked);
    const later = { _class_name: 'StableDiffusionPipeline', unet: ['diffusers', 'UNet2DConditionModel'] };
    expect(await faultsOf(merged(bare, 'model_index.json', later))).toEqual(asked);
  });
});
