import { type Encoder, encoderOutput } from './autoencoder.ts';
import { CheckpointFault, type FaultParts } from './fault.ts';
import { latentSize } from './latent-size.ts';
import type { ModelIndex } from './model-index.ts';
import { fixed, type UNetFile } from './unet-file.ts';

/** What a U-Net works on. */
export interface Latent {
  readonly channels: number;
  /** Of the square latent. */
  readonly size: number;
  /** Of the square image, in pixels. */
  readonly side: number;
  /** Whether the U-Net's output holds variances too, in as many channels after those of the prediction. */
  readonly learnedVariance: boolean;
}

/** Numbers in a latent; a 1024 by 1024 image of 16 channels. */
const LARGEST_LATENT = 2 ** 24;
const CONFIG = 'unet/config.json';
/** Of an image. */
const PIXEL_CHANNELS = 3;
/** Of a latent of Stable Diffusion, where no file and no graph says. */
const USUAL_CHANNELS = 4;

/**
 * Puts the U-Net's and the autoencoder's files and graphs together: where a graph fixes a size, that counts, and where both leave it
 * open, the configurations do. What was chosen against a file is told in `warnings`.
 *
 * @param encoder null: a pixel model.
 * @throws CheckpointFault where they contradict each other, or are of a model that is no text-to-image model.
 */
export function latentOf(unet: UNetFile, encoder: Encoder | null, index: ModelIndex, warnings: string[]): Latent {
  const channels = channelsOf(unet, encoder);
  const out = unet.outChannels.stated;
  if (out !== null && out !== channels && out !== 2 * channels) throw otherOutput(channels, out);
  const { size, side } = latentSize(unet, encoder, index, warnings);
  if (channels * size * size > LARGEST_LATENT) {
    throw fault({
      file: unet.size.fixed === null && unet.hasConfig ? CONFIG : unet.file,
      found: `asks for latents of ${channels} by ${size} by ${size}`,
      expected: `a latent of at most ${LARGEST_LATENT.toLocaleString('en')} numbers`,
      remedy: 'give a smaller model',
      gravity: 'setting',
    });
  }
  return { channels, size, side, learnedVariance: out === 2 * channels };
}

function channelsOf(unet: UNetFile, encoder: Encoder | null): number {
  const { stated, fixed: taken } = unet.channels;
  const given = encoder ? channelsOfEncoder(encoder) : PIXEL_CHANNELS;
  const channels = taken ?? stated ?? given ?? USUAL_CHANNELS;
  const latent = given ?? unet.outChannels.stated ?? unet.outChannels.fixed ?? channels;
  const other = otherTask(channels, latent, encoder !== null);
  if (other) throw fault({ file: unet.file, ...other, gravity: 'kind' });
  if (encoder === null && channels !== PIXEL_CHANNELS) throw notPixels(stated === null ? unet.file : CONFIG, channels);
  if (stated !== null && taken !== null && stated !== taken) {
    throw fault({
      file: unet.file,
      found: `takes \`sample\` with ${taken} in dimension 1, but ${CONFIG} gives ${stated}`,
      expected: 'one number in both',
      remedy: `put the ${CONFIG} of this very export beside it`,
      gravity: 'setting',
    });
  }
  return channels;
}

/** Channels of the mean: half of those of `latent_parameters`. */
function channelsOfEncoder({ config, graph }: Encoder): number | null {
  const port = encoderOutput(graph);
  const given = fixed(port, 1);
  if (given === null) return config.latentChannels;
  return port?.name === 'latent_parameters' && given % 2 === 0 && given !== config.latentChannels ? given / 2 : given;
}

/** Models whose U-Net takes more beside the noisy latent, by how many channels that makes. */
export function otherTask(
  channels: number,
  latent: number,
  isLatent: boolean,
): Omit<FaultParts, 'file' | 'gravity'> | null {
  const what = (isLatent ? LATENT_TASKS : PIXEL_TASKS).find(([count]) => count(latent) === channels)?.[1];
  if (what === undefined) return null;
  return {
    found: `takes ${channels} channels, as ${what}`,
    expected: `a noisy ${isLatent ? 'latent' : 'image'} of ${latent} channels`,
    remedy: 'give the text-to-image model that it was made from',
  };
}

type Task = readonly [channels: (latent: number) => number, what: string];
const LATENT_TASKS: readonly Task[] = [
  [(latent) => 2 * latent + 1, 'an inpainting model: a latent, a mask and the latent of a masked picture'],
  [(latent) => 2 * latent, 'a model that edits pictures (InstructPix2Pix): a latent and that of a picture'],
  [(latent) => latent + 1, 'a depth-to-image model: a latent and a map of depth'],
  [(latent) => latent + 3, 'a model that enlarges pictures: a latent and a small picture'],
];
const PIXEL_TASKS: readonly Task[] = [[(image) => 2 * image, 'a model that enlarges pictures']];

function notPixels(file: string, channels: number): CheckpointFault {
  return fault({
    file,
    found: `has ${channels} in_channels`,
    expected: `${PIXEL_CHANNELS} (those of pixels, on which a model without vae_encoder/ works)`,
    remedy: "add the VAE's encoder where the model works on latents",
    gravity: 'setting',
  });
}

function otherOutput(channels: number, out: number): CheckpointFault {
  return fault({
    file: CONFIG,
    found: `has ${channels} in_channels and ${out} out_channels`,
    expected: `${channels} of the latter (${2 * channels} with a learned variance)`,
    remedy: 'give a model that predicts the noise of what it is given',
    gravity: 'setting',
  });
}

function fault(parts: FaultParts): CheckpointFault {
  return new CheckpointFault(parts);
}
