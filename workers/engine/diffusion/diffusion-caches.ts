import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import { decodeImage } from '../image/decode.ts';
import { Blocks } from '../scorers/blocks.ts';
import type { Corpus } from '../scorers/scorer.ts';
import type { TextSide } from './conditioning.ts';
import { fullBlocks } from './example-blocks.ts';
import type { ImageSide } from './latents.ts';
import { rowText } from './row-text.ts';
import type { Row, UNet } from './unet.ts';
import type { RowText } from './unet-graph.ts';

/** Bytes of latents, and of hidden states, that are kept; and of errors that depend on the image or the text alone. */
const CACHE_BYTES = 256 * 2 ** 20;
const BASELINE_BYTES = 128 * 2 ** 20;

/** What is made once for a corpus, however many pairs need it. */
export interface DiffusionCaches {
  readonly texts: Blocks<string, RowText>;
  readonly images: Blocks<ImageRef, Float32Array>;
  /** e(i, "", k) of an image. */
  readonly uncond: Blocks<ImageRef, Float32Array>;
  /** e(gray, w, k) of a text. */
  readonly gray: Blocks<string, Float32Array>;
  /** e(i, "", k) of the samples that races have drawn. undefined: each block draws its own, so that its rows depend on it alone. */
  readonly raced: LRUCache<string, Float32Array> | undefined;
}

export interface DiffusionParts {
  readonly texts: TextSide;
  readonly images: ImageSide;
  readonly unet: UNet;
  readonly empty: RowText;
  /** null: no protocol here needs it. */
  readonly grayLatent: Float32Array | null;
  /** Texts that are encoded together, unless the graph insists on another number. */
  readonly encodeBatch: number;
}

export function diffusionCaches(corpus: Corpus, parts: DiffusionParts): DiffusionCaches {
  const { unet, empty, grayLatent } = parts;
  const aligned = unet.pinned;
  const ofTexts = { items: corpus.texts, keyOf: (text: string) => text, aligned };
  const ofImages = { items: corpus.images, keyOf: imageKey, aligned };
  const texts = new Blocks({
    ...ofTexts,
    size: parts.texts.fixed ?? parts.encodeBatch,
    maxBytes: CACHE_BYTES,
    encode: async (words) => (await parts.texts.encode(words)).map(rowText),
  });
  const images = new Blocks({
    ...ofImages,
    size: parts.images.batch,
    maxBytes: CACHE_BYTES,
    encode: async (refs) => parts.images.encode(await Promise.all(refs.map(decodeImage))),
  });
  // As many as fill batches: of one sample where a batch has one timestep, else of all.
  const size = () => fullBlocks(Array<number>(unet.batch).fill(rowsOfPair(unet)), unet.batch)[1] ?? unet.batch;
  const baseline = { size, maxBytes: BASELINE_BYTES };
  return {
    texts,
    images,
    uncond: new Blocks({
      ...ofImages,
      ...baseline,
      async encode(refs, signal) {
        const latents = await images.getAll(refs, signal);
        const pairs = latents.map((z0) => ({ z0, text: empty }));
        return sampledInFull(unet, pairs, signal);
      },
    }),
    gray: new Blocks({
      ...ofTexts,
      ...baseline,
      async encode(words, signal) {
        if (!grayLatent) throw new Error('the gray image was not encoded');
        const hidden = await texts.getAll(words, signal);
        const pairs = hidden.map((text) => ({ z0: grayLatent, text }));
        return sampledInFull(unet, pairs, signal);
      },
    }),
    raced: aligned
      ? undefined
      : new LRUCache({ maxSize: BASELINE_BYTES, sizeCalculation: (errors) => errors.byteLength }),
  };
}

/** Rows of one pair that may share a batch. */
export function rowsOfPair(unet: UNet): number {
  return unet.manySteps ? unet.count : 1;
}

/** Errors [pair][k] of pairs over all samples, run in the order of k so that the pairs fill batches. */
export async function sampledInFull(
  unet: UNet,
  pairs: readonly Pick<Row, 'z0' | 'text'>[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const errors = pairs.map((): Float32Array => new Float32Array(unet.count));
  const rows: Row[] = [];
  for (let k = 0; k < unet.count; k++) {
    for (const [i, pair] of pairs.entries()) rows.push({ ...pair, k, into: errors[i]! });
  }
  await unet.errors(rows, signal);
  return errors;
}
