import { printable } from '@gdbench/storage/printable';
import { remedy } from '@gdbench/storage/remedy';
import { CheckpointFault, type Fault, type FaultParts } from './fault.ts';
import { shown } from './fields.ts';
import type { Folder } from './folder.ts';
import { jsonObject, readJson } from './json.ts';
import { exportAgain, isOfFirstScript, isXL, type ModelIndex } from './model-index.ts';
import type { OnnxFile, Port } from './onnx.ts';

/** What scoring needs of an autoencoder's configuration. */
export interface Autoencoder {
  readonly scalingFactor: number;
  readonly shiftFactor: number;
  /** Pixels along a side that become one, as the configuration's levels say; null where there is none. */
  readonly scale: number | null;
  /** Side of the images that it was trained on, as the configuration says; null where it does not. */
  readonly sampleSize: number | null;
  /** Channels of a latent; null where nothing says. */
  readonly latentChannels: number | null;
}

/** An autoencoder's configuration and its encoder's graph. */
export interface Encoder {
  readonly config: Autoencoder;
  readonly graph: OnnxFile;
}

interface AutoencoderClass {
  /** The field whose length is the number of levels, each of which halves the side but the last. */
  readonly levels: string;
  /** Where the file is silent, or null. */
  readonly scalingFactor: number;
}

/** Encoders whose mean (or only) latent, shifted and scaled, is what the U-Net was trained on; defaults of diffusers' classes. */
const CLASSES: ReadonlyMap<string, AutoencoderClass> = new Map([
  ['AutoencoderKL', { levels: 'block_out_channels', scalingFactor: 0.18215 }],
  ['AsymmetricAutoencoderKL', { levels: 'down_block_out_channels', scalingFactor: 0.18215 }],
  ['ConsistencyDecoderVAE', { levels: 'encoder_block_out_channels', scalingFactor: 0.18215 }],
  ['AutoencoderTiny', { levels: 'encoder_block_out_channels', scalingFactor: 1 }],
]);
const USUAL = 'AutoencoderKL';
/** What exporters write in the place of an autoencoder's class. */
const WRAPPER = /^(OnnxRuntimeModel|ORT\w*|OV\w*|)$/;

/** Fields that the graph holds already, or that say how to decode. */
const WITHOUT_EFFECT = new Set([
  ...['in_channels', 'out_channels', 'down_block_types', 'up_block_types', 'act_fn', 'norm_num_groups'],
  ...['layers_per_block', 'layers_per_down_block', 'layers_per_up_block', 'up_block_out_channels'],
  ...['force_upcast', 'use_quant_conv', 'use_post_quant_conv', 'mid_block_add_attention'],
  ...[
    'num_encoder_blocks',
    'num_decoder_blocks',
    'upsample_fn',
    'upsampling_scaling_factor',
    'decoder_block_out_channels',
  ],
  // Notes of exporters.
  ...['export_model_type', 'model_type', 'architectures', 'torch_dtype', 'dtype', 'transformers_version'],
  /** Of AutoencoderTiny's scale_latents, which encoding does not call. */
  ...['latent_magnitude', 'latent_shift'],
  ...[
    'encoder_act_fn',
    'encoder_double_z',
    'encoder_down_block_types',
    'encoder_in_channels',
    'encoder_layers_per_block',
  ],
  ...['encoder_norm_num_groups', 'encoder_out_channels'],
  ...['decoder_add_attention', 'decoder_down_block_types', 'decoder_downsample_padding', 'decoder_in_channels'],
  ...['decoder_layers_per_block', 'decoder_norm_eps', 'decoder_norm_num_groups', 'decoder_num_train_timesteps'],
  ...[
    'decoder_out_channels',
    'decoder_resnet_time_scale_shift',
    'decoder_time_embedding_type',
    'decoder_up_block_types',
  ],
]);
/** Fields that are applied here, or whose null is. */
const LEVELS = new Set([...CLASSES.values()].map(({ levels }) => levels));
const APPLIED = new Set([...LEVELS, 'scaling_factor', 'shift_factor', 'sample_size', 'latent_channels']);
/** A mean and a spread for each channel. */
const BY_CHANNEL = new Set(['latents_mean', 'latents_std']);

const FILE = 'vae_encoder/config.json';

/**
 * Reads the autoencoder's configuration by its class: the file's own, else the one that the model index names, else AutoencoderKL.
 * The exports of diffusers' first script have no such file: then it is Stable Diffusion's.
 *
 * @throws CheckpointFault with every field that cannot be served.
 */
export async function readAutoencoder(folder: Folder, index: ModelIndex, warnings: string[]): Promise<Autoencoder> {
  if (!folder.files.has(FILE)) return withoutFile(folder, index, warnings);
  const fields = await readJson(folder, FILE, jsonObject);
  const own = typeof fields._class_name === 'string' ? fields._class_name : '';
  const named = index.parts.get('vae') ?? index.parts.get('vae_encoder') ?? '';
  const stated = [own, named].find((one) => !WRAPPER.test(one));
  if (stated === undefined && fields.encoder_block_out_channels != null && fields.block_out_channels == null)
    throw fault(withoutClass());
  const name = stated ?? USUAL;
  const known = CLASSES.get(name);
  if (!known) {
    throw fault({
      found: `is of a ${printable(name, 80)}, an autoencoder that GDBench cannot score`,
      expected: `one of ${[...CLASSES.keys()].join(', ')}`,
      remedy: 'give a model with one of these',
    });
  }
  return settle(name, known, fields, isXL(index));
}

function settle(
  name: string,
  known: AutoencoderClass,
  fields: Readonly<Record<string, unknown>>,
  ofXL: boolean,
): Autoencoder {
  const faults: Fault[] = [];
  const wrong = (parts: Parts) => faults.push(...fault(parts).faults);
  if (ofXL && name === USUAL && fields.scaling_factor == null) wrong(withoutFactor());
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith('_') || WITHOUT_EFFECT.has(field) || APPLIED.has(field)) continue;
    if (BY_CHANNEL.has(field) && value === null) continue;
    wrong(BY_CHANNEL.has(field) ? byChannel(field) : unknownField(name, field));
  }
  const read = <T>(field: string, expected: string, isRight: (value: unknown) => boolean): T | null => {
    const value = fields[field] ?? null;
    if (value === null || isRight(value)) return value as T | null;
    wrong({
      found: `says \`${field}\` is ${shown(value)}`,
      expected,
      remedy: 'write the value that the autoencoder was trained with',
    });
    return null;
  };
  const levels = read<readonly number[]>(known.levels, 'a list of 1 to 12 numbers', isLevels);
  const sampleSize = read<number | readonly number[]>('sample_size', 'the side of an image in pixels', isSize);
  const autoencoder = {
    scalingFactor: read<number>('scaling_factor', 'a number other than 0', isFactor) ?? known.scalingFactor,
    shiftFactor: read<number>('shift_factor', 'a number', Number.isFinite) ?? 0,
    scale: levels && 2 ** (levels.length - 1),
    sampleSize: typeof sampleSize === 'object' ? (sampleSize?.[0] ?? null) : sampleSize,
    latentChannels: read<number>('latent_channels', 'a whole number', isCount),
  };
  const [first, ...rest] = faults;
  if (first) throw new CheckpointFault([first, ...rest]);
  return autoencoder;
}

/** What Stable Diffusion's is known to have; another's scaling cannot be read from a graph. */
function withoutFile(folder: Folder, index: ModelIndex, warnings: string[]): Autoencoder {
  const other = [...folder.files.keys()].find((file) => /vae/i.test(file) && /config|\.json/i.test(file));
  if (other !== undefined) {
    throw new CheckpointFault({
      file: FILE,
      found: `is missing, though ${other} is there`,
      expected: "the autoencoder's configuration",
      remedy: remedy`give it that name if it is this one's, or export the model again: ${exportAgain(index)}`,
      gravity: 'file',
    });
  }
  const { scalingFactor } = CLASSES.get(USUAL)!;
  const named = index.parts.get('vae') ?? index.parts.get('vae_encoder') ?? '';
  if (!isOfFirstScript(index) || isXL(index) || !(WRAPPER.test(named) || named === USUAL)) {
    throw new CheckpointFault({
      file: FILE,
      found: 'is missing, and the graph does not tell its scaling factor',
      expected: "the autoencoder's configuration",
      remedy: remedy`write {"scaling_factor": ...} into it (0.18215 for the autoencoder of Stable Diffusion 1 and 2, 0.13025 for that of XL), or export the model again: ${exportAgain(index)}`,
      gravity: 'file',
    });
  }
  warnings.push(`${FILE} is not there: latents are scaled by ${scalingFactor}, as in Stable Diffusion 1 and 2.`);
  return { scalingFactor, shiftFactor: 0, scale: null, sampleSize: null, latentChannels: null };
}

/** The inputs of an encoder. */
export const ENCODER_ROLES = { sample: { values: 'float', rank: [4] } } as const;

/** The outputs that hold a latent, under the names that exports give them. */
export const LATENT_OUTPUTS = ['latent_parameters', 'latent_sample', 'latents'];

export function encoderOutput({ outputs }: OnnxFile): Port | undefined {
  const named = LATENT_OUTPUTS.map((name) => outputs.find((port) => port.name === name)).find((port) => port);
  return named ?? (outputs.length === 1 ? outputs[0] : undefined);
}

type Parts = Omit<FaultParts, 'file' | 'gravity'>;

function fault(parts: Parts): CheckpointFault {
  return new CheckpointFault({ file: FILE, ...parts, gravity: 'setting' });
}

function withoutClass(): Parts {
  return {
    found: 'names no class, and has the levels of several',
    expected: `one of ${[...CLASSES.keys()].join(', ')}`,
    remedy: 'write its class into `_class_name`',
  };
}

/** Every configuration of XL's autoencoder states it, and it is not the default of its class. */
function withoutFactor(): Parts {
  return {
    found: 'has no `scaling_factor`',
    expected: "the factor that this Stable Diffusion XL's latents are scaled by",
    remedy: "write it (0.13025 for XL's own autoencoder)",
  };
}

function byChannel(field: string): Parts {
  return {
    found: `has \`${field}\`, a scaling of each channel that GDBench cannot apply`,
    expected: 'a scaling_factor alone',
    remedy: 'give a model that was trained without it',
  };
}

function unknownField(name: string, field: string): Parts {
  return {
    found: `has \`${printable(field, 60)}\``,
    expected: `a field that a ${name} has`,
    remedy: 'take it out if latents are made without it',
  };
}

function isLevels(value: unknown): boolean {
  return Array.isArray(value) && value.length >= 1 && value.length <= 12 && value.every((one) => isCount(one));
}

function isSize(value: unknown): boolean {
  return isCount(value) || (Array.isArray(value) && value.length === 2 && value.every(isCount));
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 16_384;
}

function isFactor(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value !== 0;
}
