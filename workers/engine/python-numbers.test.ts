import { describe, expect, it } from 'vitest';
import { type Files, folderOf } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { tinyDiffusion } from '../../test/support/tiny-checkpoints.ts';
import { OPEN_CLIP_ENDS, TINY_CLIP, tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * NaN, Infinity and -Infinity, which Python writes into JSON: told as what they are where a number is needed, and served where nobody
 * reads them.
 */

const CHECKPOINTS = {
  diffusion: tinyDiffusion(),
  clip: tinyClip(),
  open_clip: tinyClip({ ...TINY_CLIP, ...OPEN_CLIP_ENDS, layout: 'open_clip' }),
};
type Kind = keyof typeof CHECKPOINTS;

const HERE = '<here>';
/** A file's JSON with a field set, by the keys on the way to it, to what no JSON can say. */
function written(files: Files, file: string, [first, ...rest]: readonly string[], number: string): Files {
  const put = (into: unknown, key: string, [next, ...more]: readonly string[]): object => ({
    ...(into as object),
    [key]: next === undefined ? HERE : put((into as Record<string, unknown>)[key], next, more),
  });
  const text = JSON.stringify(put(files[file], first!, rest)).replace(`"${HERE}"`, number);
  return { ...files, [file]: text };
}

const inspected = async (kind: Kind, file: string, field: string, number: string) =>
  inspectCheckpoint(await folderOf(written(CHECKPOINTS[kind], file, field.split('.'), number)));

const NUMBERS = ['NaN', 'Infinity', '-Infinity'];
const OPEN_CLIP = 'open_clip_config.json';

describe('where a number is needed', () => {
  it.each<[kind: Kind, file: string, field: string]>([
    ['clip', 'preprocessor_config.json', 'rescale_factor'],
    ['clip', 'preprocessor_config.json', 'size'],
    ['clip', 'preprocessor_config.json', 'size.shortest_edge'],
    ['clip', 'preprocessor_config.json', 'crop_size'],
    ['clip', 'preprocessor_config.json', 'resample'],
    ['clip', 'preprocessor_config.json', 'image_mean'],
    ['clip', 'preprocessor_config.json', 'do_resize'],
    ['clip', 'config.json', 'text_config.vocab_size'],
    ['clip', 'config.json', 'text_config.max_position_embeddings'],
    ['open_clip', OPEN_CLIP, 'model_cfg.text_cfg.context_length'],
    ['open_clip', OPEN_CLIP, 'model_cfg.vision_cfg.image_size'],
    ['open_clip', OPEN_CLIP, 'preprocess_cfg.fill_color'],
    ['open_clip', OPEN_CLIP, 'preprocess_cfg.mean'],
    ['diffusion', 'model_index.json', 'force_zeros_for_empty_prompt'],
    ['diffusion', 'unet/config.json', 'in_channels'],
    ['diffusion', 'unet/config.json', 'sample_size'],
    ['diffusion', 'vae_encoder/config.json', 'scaling_factor'],
    ['diffusion', 'vae_encoder/config.json', 'block_out_channels'],
    ['diffusion', 'text_encoder/config.json', 'max_position_embeddings'],
    ['diffusion', 'scheduler/scheduler_config.json', 'beta_start'],
    ['diffusion', 'scheduler/scheduler_config.json', 'num_train_timesteps'],
    ['diffusion', 'tokenizer/tokenizer_config.json', 'do_lower_case'],
    ['diffusion', 'tokenizer/tokenizer_config.json', 'pad_token_type_id'],
    ['diffusion', 'tokenizer/vocab.json', 'a'],
  ])('of a checkpoint of %s, %s: %s', async (kind, file, field) => {
    for (const number of NUMBERS) {
      const inspection = await inspected(kind, file, field, number);
      expectRefusal(inspection, file, new RegExp(`(is|has) \\S*${number}\\b.* is expected`));
    }
  });
});

describe('where nobody reads it', () => {
  it.each<[kind: Kind, file: string, field: string]>([
    ['clip', 'preprocessor_config.json', 'size_divisor'],
    ['clip', 'preprocessor_config.json', '_valid_processor_keys'],
    ['clip', 'config.json', 'logit_scale_init_value'],
    ['clip', 'config.json', 'vision_config.layer_norm_eps'],
    ['open_clip', OPEN_CLIP, 'model_cfg.embed_dim'],
    ['open_clip', OPEN_CLIP, 'model_cfg.vision_cfg.ls_init_value'],
    ['diffusion', 'model_index.json', 'requires_safety_checker'],
    ['diffusion', 'unet/config.json', 'norm_eps'],
    ['diffusion', 'vae_encoder/config.json', 'act_fn'],
    ['diffusion', 'text_encoder/config.json', 'layer_norm_eps'],
    ['diffusion', 'scheduler/scheduler_config.json', 'lambda_min_clipped'],
    ['diffusion', 'tokenizer/tokenizer_config.json', 'stride'],
  ])('of a checkpoint of %s, %s: %s', async (kind, file, field) => {
    for (const number of NUMBERS) {
      const inspection = await inspected(kind, file, field, number);
      expect(inspection.ok || inspection.reason).toBe(true);
    }
  });
});
