import { z } from 'zod';
import { type SchedulerConfig, schedulerConfig } from '../protocols/schedule.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

/** A diffusers/Optimum ONNX export, its configuration read, no model loaded yet. */
export interface DiffusionLayout {
  readonly kind: 'diffusion';
  readonly folder: Folder;
  readonly unet: string;
  readonly textEncoder: string;
  /** null: a pixel model, whose latent is the image itself. */
  readonly vaeEncoder: string | null;
  readonly scheduler: SchedulerConfig;
  /** Of the U-Net's input. */
  readonly latent: { readonly channels: number; readonly height: number; readonly width: number };
  /** Side of the square image, in pixels. */
  readonly side: number;
  readonly scalingFactor: number;
  readonly shiftFactor: number;
  /** The text config's max_position_embeddings. */
  readonly maxPositions: number | undefined;
}

const side = z.number().int().min(1).max(4096);
const modelIndex = z.looseObject({});
const unetConfig = z.looseObject({
  sample_size: z.union([side, z.tuple([side, side])]),
  in_channels: z.number().int().min(1).max(4096),
});
const vaeConfig = z.looseObject({
  block_out_channels: z.array(z.number()).min(1).max(12),
  scaling_factor: z.number().nullish(),
  shift_factor: z.number().nullish(),
});
const textConfig = z.looseObject({ max_position_embeddings: z.number().int().min(1).optional() });

const INDEX = 'model_index.json';
/** Stable Diffusion 1's, for exports from before configs stated it. */
const DEFAULT_SCALING = 0.18215;
/** Numbers in a latent; a 1024 by 1024 image of 16 channels. */
const LARGEST_LATENT = 2 ** 24;
/** Parts that scoring never touches. */
const NOT_NEEDED = new Set(['vae_decoder', 'safety_checker', 'feature_extractor']);

export function looksLikeDiffusion(folder: Folder): boolean {
  return folder.files.has(INDEX) || [...folder.files.keys()].some((file) => file.startsWith('unet/'));
}

/** @throws CheckpointFault naming the file or the part that is missing or wrong. */
export async function readDiffusionLayout(folder: Folder): Promise<DiffusionLayout> {
  const parts = await readParts(folder);
  refuseUnknownKinds(parts);
  const vae = parts.has('vae_encoder');
  const scheduler = await readScheduler(folder);
  for (const part of ['unet', 'text_encoder', ...(vae ? ['vae_encoder'] : [])])
    requireFile(folder, `${part}/model.onnx`);
  const unet = await readJson(folder, 'unet/config.json', unetConfig);
  const text = folder.files.has('text_encoder/config.json')
    ? await readJson(folder, 'text_encoder/config.json', textConfig)
    : {};
  const encoder = vae ? await readJson(folder, 'vae_encoder/config.json', vaeConfig) : null;
  const [height, width] =
    typeof unet.sample_size === 'number' ? [unet.sample_size, unet.sample_size] : unet.sample_size;
  if (unet.in_channels * height * width > LARGEST_LATENT) {
    throw new CheckpointFault(
      'unet/config.json',
      `unet/config.json asks for latents of ${unet.in_channels} by ${height} by ${width}, more than GDBench can hold; export a smaller model.`,
    );
  }
  if (height !== width) {
    throw new CheckpointFault(
      'unet/config.json',
      `unet/config.json has a sample_size of ${height} by ${width}; GDBench scores square images: export a square model.`,
    );
  }
  return {
    kind: 'diffusion',
    folder,
    unet: 'unet/model.onnx',
    textEncoder: 'text_encoder/model.onnx',
    vaeEncoder: vae ? 'vae_encoder/model.onnx' : null,
    scheduler,
    latent: { channels: unet.in_channels, height, width },
    side: height * 2 ** ((encoder?.block_out_channels.length ?? 1) - 1),
    scalingFactor: encoder ? (encoder.scaling_factor ?? DEFAULT_SCALING) : 1,
    shiftFactor: encoder?.shift_factor ?? 0,
    maxPositions: 'max_position_embeddings' in text ? (text.max_position_embeddings as number | undefined) : undefined,
  };
}

/** The parts that the index names and the folder holds; `vae` counts as the folder vae_encoder/. */
async function readParts(folder: Folder): Promise<Set<string>> {
  const index = await readJson(folder, INDEX, modelIndex);
  const held = new Set(
    [...folder.files.keys()].filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))),
  );
  const parts = new Set(held);
  for (const [name, entry] of Object.entries(index)) {
    // Entries are [library, class]; [null, null] is a part left out, and other values are switches.
    if (name.startsWith('_') || !Array.isArray(entry) || entry.every((value) => value === null)) continue;
    const part = name === 'vae' ? 'vae_encoder' : name;
    if (!held.has(part) && !NOT_NEEDED.has(name)) {
      throw new CheckpointFault(
        `${part}/`,
        `${INDEX} names \`${name}\`, but the folder ${part}/ is missing; add it, or export again.`,
      );
    }
    parts.add(part);
  }
  for (const part of ['scheduler', 'tokenizer', 'text_encoder', ...(parts.has('transformer') ? [] : ['unet'])]) {
    if (!held.has(part))
      throw new CheckpointFault(`${part}/`, `The folder ${part}/ is missing; add it, or export the checkpoint again.`);
  }
  return parts;
}

function refuseUnknownKinds(parts: ReadonlySet<string>): void {
  if (parts.has('transformer')) {
    throw new CheckpointFault(
      'transformer/',
      'transformer/ takes the place of a U-Net, which GDBench cannot score yet; give a U-Net export.',
    );
  }
  for (const part of ['text_encoder_2', 'text_encoder_3']) {
    if (parts.has(part)) {
      throw new CheckpointFault(
        `${part}/`,
        `${part}/ is a further text encoder, which GDBench cannot score yet; give a model with one.`,
      );
    }
  }
}

async function readScheduler(folder: Folder): Promise<SchedulerConfig> {
  const file = 'scheduler/scheduler_config.json';
  const config = await readJson(folder, file, schedulerConfig);
  const betas = config.trained_betas;
  if (betas && betas.length !== config.num_train_timesteps) {
    throw new CheckpointFault(
      file,
      `${file} lists ${betas.length} trained_betas for ${config.num_train_timesteps} num_train_timesteps; make the two agree.`,
    );
  }
  return config;
}

function requireFile(folder: Folder, file: string): void {
  if (!folder.files.has(file))
    throw new CheckpointFault(file, `${file} is missing; export the checkpoint again with all of its parts.`);
}
