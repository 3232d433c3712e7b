import type { TaskData } from '@gdbench/benchmark/task';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { flatSquares } from '../../test/support/flat-images.ts';
import { type Files, folderOf, merged, newFolder, without } from '../../test/support/folder.ts';
import { folderScores } from '../../test/support/folder-scores.ts';
import { TINY_DIFFUSION, tinyDiffusion } from '../../test/support/tiny-checkpoints.ts';

/*
 * A pipeline's file or field that was lost, emptied, misspelt or written twice: the same scores to the bit, those of the default that
 * diffusers has for its class, or a refusal that names the file. Every field says something else than its default.
 */

const INDEX = 'model_index.json';
const SCHEDULER = 'scheduler/scheduler_config.json';
const UNET = 'unet/config.json';
const VAE = 'vae_encoder/config.json';
const TEXT = 'text_encoder/config.json';

const WHOLE: Files = {
  ...tinyDiffusion({ ...TINY_DIFFUSION, open: 'sides' }),
  [INDEX]: {
    _class_name: 'StableDiffusionPipeline',
    _diffusers_version: '0.30.0',
    scheduler: ['diffusers', 'DDIMScheduler'],
    tokenizer: ['transformers', 'CLIPTokenizer'],
    text_encoder: ['transformers', 'CLIPTextModel'],
    unet: ['diffusers', 'UNet2DConditionModel'],
    vae: ['diffusers', 'AutoencoderKL'],
    feature_extractor: [null, null],
    requires_safety_checker: false,
  },
  [SCHEDULER]: {
    _class_name: 'DDIMScheduler',
    _diffusers_version: '0.30.0',
    num_train_timesteps: 800,
    beta_start: 0.002,
    beta_end: 0.013,
    beta_schedule: 'scaled_linear',
    prediction_type: 'v_prediction',
    rescale_betas_zero_snr: true,
    clip_sample: false,
    set_alpha_to_one: false,
    steps_offset: 1,
    timestep_spacing: 'trailing',
  },
  [UNET]: {
    _class_name: 'UNet2DConditionModel',
    _diffusers_version: '0.30.0',
    sample_size: 3,
    in_channels: 2,
    out_channels: 2,
  },
  [VAE]: {
    _class_name: 'AutoencoderKL',
    _diffusers_version: '0.30.0',
    block_out_channels: [4, 8],
    latent_channels: 2,
    sample_size: 12,
    scaling_factor: 0.5,
    shift_factor: 0.1,
    force_upcast: false,
  },
  [TEXT]: { max_position_embeddings: 6, model_type: 'clip_text_model', vocab_size: 54, num_hidden_layers: 1 },
};
const CONFIGS = [INDEX, SCHEDULER, UNET, VAE, TEXT] as const;

/** What diffusers' classes take where a field is absent or null; of the others the absence changes no score, or is refused. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  [SCHEDULER]: {
    num_train_timesteps: 1000,
    beta_start: 0.0001,
    beta_end: 0.02,
    beta_schedule: 'linear',
    prediction_type: 'epsilon',
    rescale_betas_zero_snr: false,
  },
  [VAE]: { scaling_factor: 0.18215, shift_factor: 0 },
};
/** Lost files without which the scores are the same: what they say stands in the graphs or in others. */
const SPARE = new Set([TEXT, 'tokenizer/special_tokens_map.json', 'tokenizer/tokenizer_config.json']);

const scratch = newFolder();
let data: TaskData;
let whole: Awaited<ReturnType<typeof folderScores>>;
beforeAll(async () => {
  data = taskOfLists(scratch, [{ texts: ['a red cat', 'cat'], images: await flatSquares(scratch, 3, 6) }]);
});

const scored = async (files: Files) => folderScores(await folderOf(files), data);
const fieldsOf = (file: string) => WHOLE[file] as Readonly<Record<string, unknown>>;

/** The file with one of its fields under another name, or not at all. */
function renamed(file: string, field: string, name: string | null): Files {
  const fields = Object.entries(fieldsOf(file)).flatMap(([one, value]) => {
    if (one !== field) return [[one, value] as const];
    return name === null ? [] : [[name, value] as const];
  });
  return { ...WHOLE, [file]: Object.fromEntries(fields) };
}

/** The field twice: a wrong value, and then its own. */
function twice(file: string, field: string): Files {
  const text = JSON.stringify(fieldsOf(file));
  return { ...WHOLE, [file]: `{${JSON.stringify(field)}: "wrong", ${text.slice(1)}` };
}

const CHANGES: readonly (readonly [what: string, change: (file: string, field: string) => Files])[] = [
  ['lost', (file, field) => renamed(file, field, null)],
  ['null', (file, field) => merged(WHOLE, file, { [field]: null })],
  ['in other letters', (file, field) => renamed(file, field, field.toUpperCase())],
  ['misspelt', (file, field) => renamed(file, field, `${field}s`)],
];

/** A refusal names the file, or its folder if that is gone with it. */
function expectNamed(outcome: Awaited<ReturnType<typeof folderScores>>, file: string): void {
  const reason = 'reason' in outcome ? outcome.reason : 'accepted';
  expect([file, `${file.split('/')[0]}/ is missing`].some((name) => reason.includes(name)) || reason).toBe(true);
}

describe.each(CONFIGS)('a field of %s', (file) => {
  it('that stands twice has its last value', async () => {
    whole ??= await scored(WHOLE);
    for (const field of each(Object.keys(fieldsOf(file))))
      expect([field, await scored(twice(file, field))]).toEqual([field, whole]);
  });

  it.each(CHANGES)('that is %s', async (_, change) => {
    whole ??= await scored(WHOLE);
    expect(whole).toMatchObject({ warnings: [] });
    for (const field of each(Object.keys(fieldsOf(file)))) {
      const outcome = await scored(change(file, field));
      if ('reason' in outcome) {
        expect(outcome.reason, field).toContain(file);
        continue;
      }
      const byDefault = DEFAULTS[file]?.[field];
      const twin = byDefault === undefined ? whole : await scored(merged(WHOLE, file, { [field]: byDefault }));
      expect([field, outcome]).toEqual([field, twin]);
      if (byDefault !== undefined) expect(outcome).not.toEqual(whole);
    }
  });
});

describe('a file', () => {
  it.each(Object.keys(WHOLE))('that is lost is named, or says nothing that others do not: %s', async (file) => {
    whole ??= await scored(WHOLE);
    const outcome = await scored(without(WHOLE, file));
    if (SPARE.has(file)) expect(outcome).toEqual(whole);
    else expectNamed(outcome, file);
  });

  it.each(CONFIGS)('that lies elsewhere is named: %s', async (file) => {
    whole ??= await scored(WHOLE);
    const [folder, name] = file.includes('/') ? file.split('/') : ['', file];
    const places = [`${folder}.json`, `configs/${name}`, `vae/${name}`, `${folder}_old/${name}`, name!];
    const others = places.filter((one) => one !== file && !one.startsWith('.'));
    for (const place of each(others)) {
      const outcome = await scored({ ...without(WHOLE, file), [place]: WHOLE[file]! });
      if (file === TEXT && 'scores' in outcome) expect(outcome).toEqual(whole);
      else expectNamed(outcome, file);
    }
  });
});
