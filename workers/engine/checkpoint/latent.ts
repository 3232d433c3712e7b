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
    throw new CheckpointFault(
      'unet/config.json',
      `unet/config.json asks for latents of ${channels} by ${size} by ${size}, more than GDBench can hold; export a smaller model.`,
    );
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
  if (encoder === null && channels !== PIXEL_CHANNELS)
    throw notPixels(stated === null ? unet.file : 'unet/config.json', channels);
  if (stated !== null && taken !== null && stated !== taken) {
    throw new CheckpointFault(
      unet.file,
      `${unet.file} takes \`sample\` with ${taken} in dimension 1, but unet/config.json gives ${stated}; put the unet/config.json of this very export beside it.`,
    );
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
function otherTask(channels: number, latent: number, isLatent: boolean): Omit<FaultParts, 'file' | 'gravity'> | null {
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
  return new CheckpointFault(
    file,
    `${file} has ${channels} in_channels; a model without vae_encoder/ works on pixels, which have 3: add the VAE's encoder.`,
  );
}

function otherOutput(channels: number, out: number): CheckpointFault {
  return new CheckpointFault(
    'unet/config.json',
    `unet/config.json has ${channels} in_channels and ${out} out_channels; GDBench scores models that predict what they are given, with or without a variance: give such a model.`,
  );
}

function fault(parts: FaultParts): CheckpointFault {
  return new CheckpointFault(parts);
}
