import { z } from 'zod';
import { type SchedulerConfig, scheduleFault, schedulerConfig } from '../protocols/schedule.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

/** One text encoder and its tokenizer. */
export interface TextPart {
  readonly model: string;
  /** Folder of the tokenizer. */
  readonly tokenizer: string;
  /** The text config's max_position_embeddings. */
  readonly maxPositions: number | undefined;
  /** Whether the U-Net is told this encoder's `text_embeds` too. */
  readonly pooled: boolean;
}

/** A diffusers/Optimum ONNX export, its configuration read, no model loaded yet. */
export interface DiffusionLayout {
  readonly kind: 'diffusion';
  readonly folder: Folder;
  readonly unet: string;
  /** One encoder; SDXL: two. */
  readonly texts: readonly [TextPart] | readonly [TextPart, TextPart];
  /** Whether zeros take the place of what the encoders make of the empty text. */
  readonly zeroEmptyText: boolean;
  /** null: a pixel model, whose latent is the image itself. */
  readonly vaeEncoder: string | null;
  readonly scheduler: SchedulerConfig;
  /** Whether the U-Net's output holds variances too, in as many channels after those of the prediction. */
  readonly learnedVariance: boolean;
  /** Of the U-Net's input. */
  readonly latent: { readonly channels: number; readonly height: number; readonly width: number };
  /** Side of the square image, in pixels. */
  readonly side: number;
  readonly scalingFactor: number;
  readonly shiftFactor: number;
}

const side = z.number().int().min(1).max(4096);
const modelIndex = z.looseObject({ force_zeros_for_empty_prompt: z.boolean().nullish() });
const unetConfig = z.looseObject({
  sample_size: z.union([side, z.tuple([side, side])]),
  in_channels: z.number().int().min(1).max(4096),
  out_channels: z.number().int().min(1).max(8192).nullish(),
});
const vaeConfig = z.looseObject({
  block_out_channels: z.array(z.number()).min(1).max(12),
  scaling_factor: z.number().nullish(),
  shift_factor: z.number().nullish(),
  latents_mean: z.unknown().optional(),
  latents_std: z.unknown().optional(),
});
const textConfig = z.looseObject({ max_position_embeddings: z.number().int().min(1).optional() });

const INDEX = 'model_index.json';
/** Stable Diffusion 1's, for exports from before configs stated it. */
const DEFAULT_SCALING = 0.18215;
/** Numbers in a latent; a 1024 by 1024 image of 16 channels. */
const LARGEST_LATENT = 2 ** 24;
/** Parts that scoring never touches. */
const NOT_NEEDED = new Set(['vae_decoder', 'safety_checker', 'feature_extractor']);

/** Schedulers of flow matching, of Karras et al.'s EDM, and of consistency models: x_t is no mixture by abar_t. */
const OTHER_PROCESSES = /^(FlowMatch|EDM|CMStochastic)/;

export function looksLikeDiffusion(folder: Folder): boolean {
  return folder.files.has(INDEX) || [...folder.files.keys()].some((file) => file.startsWith('unet/'));
}

/** @throws CheckpointFault naming the file or the part that is missing or wrong. */
export async function readDiffusionLayout(folder: Folder): Promise<DiffusionLayout> {
  const index = await readJson(folder, INDEX, modelIndex);
  const parts = readParts(folder, index);
  refuseUnknownKinds(parts);
  const vae = parts.has('vae_encoder');
  const scheduler = await readScheduler(folder);
  const encoders = ['text_encoder', ...(parts.has('text_encoder_2') ? ['text_encoder_2'] : [])];
  for (const part of ['unet', ...encoders, ...(vae ? ['vae_encoder'] : [])]) requireFile(folder, `${part}/model.onnx`);
  const unet = await readUnet(folder, vae);
  const encoder = vae ? await readVae(folder) : null;
  const [first, second] = await Promise.all(encoders.map((part) => readTextPart(folder, part)));
  return {
    kind: 'diffusion',
    folder,
    unet: 'unet/model.onnx',
    texts: second ? [first!, second] : [first!],
    zeroEmptyText: second !== undefined && index.force_zeros_for_empty_prompt === true,
    vaeEncoder: vae ? 'vae_encoder/model.onnx' : null,
    scheduler,
    learnedVariance: unet.learnedVariance,
    latent: { channels: unet.channels, height: unet.side, width: unet.side },
    side: unet.side * 2 ** ((encoder?.block_out_channels.length ?? 1) - 1),
    scalingFactor: encoder ? (encoder.scaling_factor ?? DEFAULT_SCALING) : 1,
    shiftFactor: encoder?.shift_factor ?? 0,
  };
}

/** The parts that the index names and the folder holds; `vae` counts as the folder vae_encoder/. */
function readParts(folder: Folder, index: z.output<typeof modelIndex>): Set<string> {
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
  const needed = ['scheduler', 'tokenizer', 'text_encoder', ...(parts.has('transformer') ? [] : ['unet'])];
  for (const part of [...needed, ...(held.has('text_encoder_2') ? ['tokenizer_2'] : [])]) {
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
  if (parts.has('text_encoder_3')) {
    throw new CheckpointFault(
      'text_encoder_3/',
      'text_encoder_3/ is a third text encoder, which GDBench cannot score yet; give a model with one or two.',
    );
  }
  const autoencoder = ['vqvae', 'vqvae_encoder', 'movq', 'movq_encoder'].find((part) => parts.has(part));
  if (autoencoder !== undefined && !parts.has('vae_encoder')) {
    throw new CheckpointFault(
      `${autoencoder}/`,
      `${autoencoder}/ is an autoencoder of a kind that GDBench cannot score; give a model with vae_encoder/, or one of pixels.`,
    );
  }
}

async function readUnet(
  folder: Folder,
  vae: boolean,
): Promise<{ channels: number; side: number; learnedVariance: boolean }> {
  const file = 'unet/config.json';
  const { sample_size, in_channels: channels, out_channels } = await readJson(folder, file, unetConfig);
  const [height, width] = typeof sample_size === 'number' ? [sample_size, sample_size] : sample_size;
  if (channels * height * width > LARGEST_LATENT) {
    throw new CheckpointFault(
      file,
      `${file} asks for latents of ${channels} by ${height} by ${width}, more than GDBench can hold; export a smaller model.`,
    );
  }
  if (height !== width) {
    throw new CheckpointFault(
      file,
      `${file} has a sample_size of ${height} by ${width}; GDBench scores square images: export a square model.`,
    );
  }
  if (!vae && folder.files.has('vae_decoder/model.onnx')) {
    throw new CheckpointFault(
      'vae_encoder/',
      'The folder vae_encoder/ is missing, though vae_decoder/ is there; add it, or export the checkpoint again.',
    );
  }
  if (!vae && channels !== 3) {
    throw new CheckpointFault(
      file,
      `${file} has ${channels} in_channels; a model without vae_encoder/ works on pixels, which have 3: add the VAE's encoder.`,
    );
  }
  if (out_channels != null && out_channels !== channels && out_channels !== 2 * channels) {
    throw new CheckpointFault(
      file,
      `${file} has ${channels} in_channels and ${out_channels} out_channels; GDBench scores models that predict what they are given, with or without a variance: give such a model.`,
    );
  }
  return { channels, side: height, learnedVariance: out_channels === 2 * channels };
}

async function readVae(folder: Folder): Promise<z.output<typeof vaeConfig>> {
  const file = 'vae_encoder/config.json';
  const config = await readJson(folder, file, vaeConfig);
  for (const field of ['latents_mean', 'latents_std'] as const) {
    if (config[field] != null) {
      throw new CheckpointFault(
        file,
        `${file} has \`${field}\`, a scaling of each channel that GDBench cannot apply; give a model with a scaling_factor alone.`,
      );
    }
  }
  return config;
}

async function readTextPart(folder: Folder, part: string): Promise<TextPart> {
  const file = `${part}/config.json`;
  const config = folder.files.has(file) ? await readJson(folder, file, textConfig) : undefined;
  const second = part === 'text_encoder_2';
  return {
    model: `${part}/model.onnx`,
    tokenizer: second ? 'tokenizer_2' : 'tokenizer',
    maxPositions: config?.max_position_embeddings,
    pooled: second,
  };
}

async function readScheduler(folder: Folder): Promise<SchedulerConfig> {
  const file = 'scheduler/scheduler_config.json';
  const config = await readJson(folder, file, schedulerConfig);
  const name = config._class_name;
  if (typeof name === 'string' && OTHER_PROCESSES.test(name)) {
    throw new CheckpointFault(
      file,
      `${file} is of a ${name.slice(0, 60)}, whose noise follows other formulas than GDBench's; give a model trained with a schedule of betas.`,
    );
  }
  const betas = config.trained_betas;
  if (betas && betas.length !== config.num_train_timesteps) {
    throw new CheckpointFault(
      file,
      `${file} lists ${betas.length} trained_betas for ${config.num_train_timesteps} num_train_timesteps; make the two agree.`,
    );
  }
  const why = scheduleFault(config);
  if (why !== null)
    throw new CheckpointFault(file, `${file} ${why}; give it the betas that the model was trained with.`);
  return config;
}

function requireFile(folder: Folder, file: string): void {
  if (!folder.files.has(file))
    throw new CheckpointFault(file, `${file} is missing; export the checkpoint again with all of its parts.`);
}
