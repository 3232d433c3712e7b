import { remedy } from '@gdbench/storage/remedy';
import { type Encoder, encoderOutput } from './autoencoder.ts';
import { CheckpointFault } from './fault.ts';
import { exportAgain, isOfFirstScript, isXL, type ModelIndex } from './model-index.ts';
import { sideOf, type UNetFile } from './unet-file.ts';

interface Size {
  readonly size: number;
  readonly side: number;
}

/** Of Stable Diffusion's autoencoders: a latent's element stands for 8 by 8 pixels. */
const USUAL_SCALE = 8;
/** Latents of Stable Diffusion 1 and 2, and of XL. */
const USUAL_SIZE = { one: 64, xl: 128 };
const CONFIG = 'unet/config.json';

/**
 * Sides of the latent and of the image. A size that a graph fixes counts, and both graphs must fix the same; else the
 * configuration's does, put right as diffusers does; else that of Stable Diffusion.
 *
 * @throws CheckpointFault where the graphs contradict each other, or nothing tells a size.
 */
export function latentSize(unet: UNetFile, encoder: Encoder | null, index: ModelIndex, warnings: string[]): Size {
  const { scale, image, latent } = encoder ? sizesOf(encoder) : { scale: 1, image: null, latent: null };
  if (encoder?.config.scale != null && encoder.config.scale !== scale) {
    warnings.push(
      `${encoder.graph.file} makes ${scale} by ${scale} pixels one, and vae_encoder/config.json says ${encoder.config.scale} by ${encoder.config.scale}: the graph counts.`,
    );
  }
  const encoded = image === null ? null : (latent ?? image / scale);
  if (unet.size.fixed !== null && encoded !== null && unet.size.fixed !== encoded)
    throw contradiction(unet, encoder!, unet.size.fixed, encoded, index);
  const insisted = unet.size.fixed ?? encoded;
  const size = insisted ?? open(unet, encoder, scale, index, warnings);
  const side = image ?? size * scale;
  if (!Number.isInteger(size) || !Number.isInteger(side)) throw notWhole(encoder!, side, scale);
  if (insisted !== null && unet.size.stated !== null && unet.size.stated !== size) {
    const which = unet.size.fixed === null ? encoder!.graph.file : unet.file;
    warnings.push(
      `${which} is fixed to latents of ${size} by ${size}, and ${CONFIG} says ${unet.size.stated}: images are scored at the graph's size, ${side} by ${side} pixels.`,
    );
  }
  return { size, side };
}

/** Pixels along a side that become one, the side of the image where the graph insists on one, and of the latent as it was exported. */
function sizesOf({ config, graph }: Encoder): { scale: number; image: number | null; latent: number | null } {
  const [image, latent] = [sideOf(graph.inputs[0]), sideOf(encoderOutput(graph))];
  const stride = graph.convolutions.stride > 1 ? graph.convolutions.stride : null;
  const scale = image !== null && latent !== null ? image / latent : (config.scale ?? stride ?? USUAL_SCALE);
  return { scale, image, latent };
}

/** The latent's side where no graph insists on one. */
function open(unet: UNetFile, encoder: Encoder | null, scale: number, index: ModelIndex, warnings: string[]): number {
  const trained = encoder?.config.sampleSize == null ? [] : [encoder.config.sampleSize / scale];
  const traced = [unet.size.traced, encoder ? sideOf(encoderOutput(encoder.graph)) : null];
  const hints = [...traced, ...trained].filter((hint) => hint !== null).filter(Number.isInteger);
  if (unet.size.stated !== null) return corrected(unet, unet.size.stated, hints, scale, index, warnings);
  // The autoencoder does not tell: that of Stable Diffusion 2 says 768 beside U-Nets of 512 pixels.
  const isKnown = unet.size.traced !== null || (encoder !== null && !unet.hasConfig && isOfFirstScript(index));
  if (!isKnown) throw untold(unet, encoder, scale);
  const usual = isXL(index) ? USUAL_SIZE.xl : USUAL_SIZE.one;
  const size = hints[0] ?? usual;
  warnings.push(
    `${CONFIG} does not tell a size, and the graphs leave it open: images are scored at ${size * scale} by ${size * scale} pixels; if the model was trained on others, write {"sample_size": (its side / ${scale})} into ${CONFIG}.`,
  );
  return size;
}

function untold({ hasConfig }: UNetFile, encoder: Encoder | null, scale: number): CheckpointFault {
  const usual =
    encoder === null ? '' : ` (${USUAL_SIZE.one} for ${USUAL_SIZE.one * scale} by ${USUAL_SIZE.one * scale} pixels)`;
  return new CheckpointFault({
    file: CONFIG,
    found: hasConfig
      ? 'does not tell the side of the images, and the graphs leave it open'
      : 'is missing, and the graphs leave the side of the images open',
    expected: `its \`sample_size\`${usual}`,
    remedy: 'write {"sample_size": ...} into it as the model was trained, or take the file from where it was published',
    gravity: hasConfig ? 'setting' : 'file',
  });
}

/** The release from which a configuration's sample_size is the model's own. */
const SOUND = [0, 9] as const;

/**
 * Configurations that diffusers wrote before 0.9 say 32 for models of 64, and diffusers takes 64 on loading them, for anything less.
 * Here what the autoencoder and the graphs' own traces say counts first, up to these 64: the autoencoder of Stable Diffusion 2 is of
 * 768 pixels also where the U-Net is of 512.
 */
function corrected(
  unet: UNetFile,
  stated: number,
  hints: readonly number[],
  scale: number,
  { version }: ModelIndex,
  warnings: string[],
): number {
  if (stated >= USUAL_SIZE.one) return stated;
  const larger = Math.min(USUAL_SIZE.one, Math.max(stated, ...hints));
  const right = hints.length > 0 ? larger : USUAL_SIZE.one;
  const wrote = unet.version ?? (larger > stated ? version : null);
  if (right === stated) return stated;
  const pixels = (size: number) => `${size * scale} by ${size * scale} pixels`;
  if (isBefore(wrote, SOUND)) {
    warnings.push(
      `${CONFIG} says a sample_size of ${stated}, as releases of diffusers before 0.9 did of models of ${right}: images are scored at ${pixels(right)}.`,
    );
    return right;
  }
  if (wrote === null && larger > stated) {
    warnings.push(
      `${CONFIG} says a sample_size of ${stated}, and the autoencoder is of ${pixels(larger)}: images are scored at ${pixels(stated)}; if that is not what the model was trained on, write its size into ${CONFIG}.`,
    );
  }
  return stated;
}

function isBefore(version: string | null, [major, minor]: readonly [number, number]): boolean {
  const [, have, sub] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (have === undefined) return false;
  return Number(have) < major || (Number(have) === major && Number(sub) < minor);
}

function contradiction(
  unet: UNetFile,
  { graph }: Encoder,
  taken: number,
  given: number,
  index: ModelIndex,
): CheckpointFault {
  return new CheckpointFault({
    file: graph.file,
    found: `gives latents of ${given} by ${given}`,
    expected: `the ${taken} by ${taken} that ${unet.file} is fixed to`,
    remedy: remedy`export both at one size: ${exportAgain(index, ' --height 512 --width 512')}`,
    gravity: 'setting',
  });
}

function notWhole({ graph }: Encoder, side: number, scale: number): CheckpointFault {
  return new CheckpointFault({
    file: graph.file,
    found: `takes images of ${side} by ${side}, which do not divide into latents of ${scale} by ${scale} pixels each`,
    expected: 'a side that does',
    remedy: 'put the vae_encoder/config.json of this very export beside it',
    gravity: 'setting',
  });
}
