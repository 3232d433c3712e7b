import { ENCODER_ROLES, LATENT_OUTPUTS } from '../checkpoint/autoencoder.ts';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { readOnnx, readWithZeroNoise } from '../checkpoint/onnx.ts';
import { checkShape, fixedRows, graphFault, matchInputs, pickOutput } from '../checkpoint/ports.ts';
import { diffusionPreprocess, preprocess } from '../image/preprocess.ts';
import type { RgbImage } from '../image/resize.ts';
import { encodeRows, requireFinite, stack } from '../runtime/encoders.ts';
import type { Model, OpenModel } from '../runtime/session.ts';
import { imageBlock } from '../scorers/blocks.ts';
import { onSharedMemory } from './unet-graph.ts';

/** The image side of a diffusion checkpoint. */
export interface ImageSide {
  /** Images that are encoded together. */
  readonly batch: number;
  readonly models: readonly Model[];
  /** From pixels to z0, on shared memory: the scaled mean of the posterior, or the pixels themselves. */
  readonly encode: (images: readonly RgbImage[]) => Promise<Float32Array[]>;
}

/** @throws CheckpointFault when the encoder does not fit the U-Net. */
export async function openImageSide(
  layout: DiffusionLayout,
  batch: number,
  open: OpenModel,
  warn: (sentence: string) => void,
): Promise<ImageSide> {
  const { channels, height, width } = layout.latent;
  const { side } = layout;
  const steps = diffusionPreprocess(side);
  const planes = (images: readonly RgbImage[]) => images.map((image) => preprocess(image, steps).data);
  if (layout.vaeEncoder === null) {
    return {
      batch: imageBlock(batch, side, side),
      models: [],
      encode: async (images) => planes(images).map(onSharedMemory),
    };
  }
  const file = layout.vaeEncoder;
  let source: string | Uint8Array = pathOf(layout.folder, file);
  if ((await readOnnx(layout.folder, file)).random !== null) {
    source = await readWithZeroNoise(layout.folder, file);
    warn(`${file} draws a random sample in its graph; zeros were put in its place, so that the mean is scored.`);
  }
  const model = await open(source, file);
  const sample = matchInputs(model, ENCODER_ROLES).get('sample')!;
  checkShape(model, sample, [null, 3, side, side], 'unet/config.json with vae_encoder/config.json');
  const output = pickOutput(model, LATENT_OUTPUTS, true).name;
  const area = height * width;
  const encode = async (images: readonly RgbImage[]): Promise<Float32Array[]> => {
    const { rows, dims } = await encodeRows(model, sample, planes(images), output, (part, fed) => ({
      [sample.name]: { data: stack(part, fed), dims: [fed, 3, side, side] },
    }));
    const [have, ...space] = dims;
    // Mean and log-variance are stacked on the channel axis; the mean comes first.
    if ((have !== 2 * channels && have !== channels) || space[0] !== height || space[1] !== width) {
      throw latentMismatch(file, `[${dims.join(', ')}]`, channels, height, width);
    }
    return rows.map((row) => {
      requireFinite(model, row);
      const mean = row.subarray(0, channels * area);
      return onSharedMemory(mean.map((value) => (value - layout.shiftFactor) * layout.scalingFactor));
    });
  };
  return { batch: fixedRows(sample) ?? imageBlock(batch, side, side), models: [model], encode };
}

function latentMismatch(file: string, have: string, ...want: readonly number[]): CheckpointFault {
  const [found, expected] = [`gives latents of ${have}`, `the [${want.join(', ')}] that the U-Net takes`];
  return new CheckpointFault([graphFault({ file }, found, expected, 'export them together')]);
}
