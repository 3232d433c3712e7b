import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { readOnnx, readWithZeroNoise } from '../checkpoint/onnx.ts';
import { reduceErrors } from '../protocols/reduce.ts';
import { Blocks, imageBlock } from './blocks.ts';
import { type Conditioning, openConditioning } from './conditioning.ts';
import { decodeImage, flatImage } from './decode.ts';
import { encodeRows, requireFinite, stack } from './encoders.ts';
import { checkShape, fixedRows, matchInputs, pickOutput } from './ports.ts';
import { diffusionPreprocess, preprocess } from './preprocess.ts';
import type { RgbImage } from './resize.ts';
import type { Corpus, ImageTextScorer } from './scorer.ts';
import { type Model, type OpenModel, openAll, type SessionOptions } from './session.ts';
import { prepareUNet, type Row } from './unet.ts';

/** Bytes of latents, and of hidden states, that are kept. */
const CACHE_BYTES = 256 * 2 ** 20;
const UNCOND_BYTES = 64 * 2 ** 20;

export interface Diffusion extends ImageTextScorer {
  readonly tokenLength: number;
  /** Samples of every pair. */
  readonly samples: number;
}

export interface DiffusionOptions extends SessionOptions {
  readonly samples: number;
  readonly seed: number;
  readonly batch: number;
}

/** Opens a diffusion checkpoint for the protocol diffusion-itm (GDBENCH.md 1.1). */
export async function openDiffusion(layout: DiffusionLayout, options: DiffusionOptions): Promise<Diffusion> {
  return openAll(options, (open) => assemble(layout, options, open));
}

async function assemble(layout: DiffusionLayout, options: DiffusionOptions, open: OpenModel): Promise<Diffusion> {
  const texts = await openConditioning(layout, open);
  const [empty] = await texts.encode(['']);
  const images = await imageEncoder(layout, options, open);
  const unetModel = await open(pathOf(layout.folder, layout.unet), layout.unet);
  const unet = await prepareUNet(layout, unetModel, options, empty!);
  if (layout.learnedVariance) {
    options.warn(
      `${layout.unet} gives twice as many channels as it takes: the first half is the prediction, and the learned variance is left out.`,
    );
  }

  const textBatch = texts.fixed ?? options.batch;
  let current:
    | {
        key: string;
        texts: Blocks<string, Conditioning>;
        images: Blocks<ImageRef, Float32Array>;
        uncond: LRUCache<string, Float32Array>;
      }
    | undefined;
  const cachesOf = (corpus: Corpus) => {
    if (current?.key !== corpus.key) {
      current = {
        key: corpus.key,
        texts: new Blocks({
          items: corpus.texts,
          keyOf: (text) => text,
          size: textBatch,
          maxBytes: CACHE_BYTES,
          encode: texts.encode,
        }),
        images: new Blocks({
          items: corpus.images,
          keyOf: imageKey,
          size: images.batch,
          maxBytes: CACHE_BYTES,
          encode: async (refs) => images.encode(await Promise.all(refs.map(decodeImage))),
        }),
        uncond: new LRUCache({ maxSize: UNCOND_BYTES, sizeCalculation: (errors) => errors.byteLength }),
      };
    }
    return current;
  };

  /** One text's rows over all samples, in the order of k. */
  const rowsOf = (z0: Float32Array, text: Conditioning, into: Float32Array): Row[] =>
    Array.from({ length: unet.count }, (_, k) => ({ z0, text, k, into }));
  const newErrors = () => new Float32Array(unet.count);

  return {
    protocol: 'diffusion-itm',
    tokenLength: texts.tokenLength,
    samples: unet.count,
    get rowsScored() {
      return unet.rowsRun();
    },
    async score(corpus, words, refs, signal) {
      const caches = cachesOf(corpus);
      const latents: Float32Array[] = [];
      const uncond: Float32Array[] = [];
      for (const ref of refs) {
        signal?.throwIfAborted();
        const z0 = await caches.images.get(ref);
        latents.push(z0);
        let errors = caches.uncond.get(imageKey(ref));
        if (!errors) {
          errors = newErrors();
          await unet.errors(rowsOf(z0, empty!, errors), signal);
          caches.uncond.set(imageKey(ref), errors);
        }
        uncond.push(errors);
      }
      const cond: Float32Array[][] = [];
      const rows: Row[] = [];
      for (const word of words) {
        const text = await caches.texts.get(word);
        const perImage = latents.map((z0) => {
          const errors = newErrors();
          rows.push(...rowsOf(z0, text, errors));
          return errors;
        });
        cond.push(perImage);
      }
      await unet.errors(rows, signal);
      const errors = { cond, uncond };
      const { channels, height, width } = layout.latent;
      return { scores: reduceErrors('diffusion-itm', errors, channels * height * width), errors };
    },
    async probe() {
      const [z0] = await images.encode([flatImage(layout.side, 128)]);
      await unet.errors([{ z0: z0!, text: empty!, k: 0, into: newErrors() }]);
    },
    async close() {
      for (const model of [...texts.models, unetModel, ...images.models]) await model.close();
    },
  };
}

interface ImageEncoder {
  readonly batch: number;
  readonly models: readonly Model[];
  /** From pixels to z0: the scaled mean of the posterior. */
  readonly encode: (images: readonly RgbImage[]) => Promise<Float32Array[]>;
}

async function imageEncoder(
  layout: DiffusionLayout,
  options: DiffusionOptions,
  open: OpenModel,
): Promise<ImageEncoder> {
  const { channels, height, width } = layout.latent;
  const { side } = layout;
  const steps = diffusionPreprocess(side);
  const planes = (images: readonly RgbImage[]) => images.map((image) => preprocess(image, steps).data);
  if (layout.vaeEncoder === null) {
    return { batch: imageBlock(options.batch, side, side), models: [], encode: async (images) => planes(images) };
  }
  const file = layout.vaeEncoder;
  let source: string | Uint8Array = pathOf(layout.folder, file);
  if ((await readOnnx(layout.folder, file)).random) {
    source = await readWithZeroNoise(layout.folder, file);
    options.warn(
      `${file} draws a random sample in its graph; zeros were put in its place, so that the mean is scored.`,
    );
  }
  const model = await open(source, file);
  const sample = matchInputs(model, { sample: { values: 'float', rank: [4] } }).get('sample')!;
  checkShape(model, sample, [null, 3, side, side], 'unet/config.json with vae_encoder/config.json');
  const output = pickOutput(model, ['latent_parameters', 'latent_sample'], true).name;
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
      return row.subarray(0, channels * area).map((mean) => (mean - layout.shiftFactor) * layout.scalingFactor);
    });
  };
  return { batch: fixedRows(sample) ?? imageBlock(options.batch, side, side), models: [model], encode };
}

function latentMismatch(file: string, have: string, ...want: readonly number[]): CheckpointFault {
  return new CheckpointFault(
    file,
    `${file} gives latents of ${have}, but the U-Net takes [${want.join(', ')}]; export them together.`,
  );
}
