import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { canRace } from '../protocols/adaptive.ts';
import { raceBlock, raceBlocks } from '../protocols/adaptive-block.ts';
import { NEEDS, reduceErrors } from '../protocols/reduce.ts';
import { Blocks } from './blocks.ts';
import { openConditioning } from './conditioning.ts';
import { decodeImage, flatImage } from './decode.ts';
import { blockAt, fullBlocks } from './example-blocks.ts';
import { openImageSide } from './latents.ts';
import type { BlockScorer, Candidates, Corpus, PairScores, SampledProtocol } from './scorer.ts';
import { type OpenModel, openAll } from './session.ts';
import { type Choice, DEFAULT_BATCH } from './tune.ts';
import { prepareUNet, type Row, rowText, type UNetOptions } from './unet.ts';
import type { RowText } from './unet-graph.ts';

/** Bytes of latents, and of hidden states, that are kept; and of errors that depend on the image or the text alone. */
const CACHE_BYTES = 256 * 2 ** 20;
const BASELINE_BYTES = 128 * 2 ** 20;
/** RGB of the "average image" (GDBENCH.md 1.4). */
const GRAY = 128;

export interface Diffusion extends BlockScorer {
  readonly tokenLength: number;
  /** Samples of every pair. */
  readonly samples: number;
  readonly choice: Choice;
}

export interface DiffusionOptions extends UNetOptions {
  readonly protocol?: SampledProtocol;
  /** Errors to compute beyond those that the protocol needs, so that one pass serves other protocols too (reduceErrors). */
  readonly keep?: readonly ('uncond' | 'gray')[];
}

/** Opens a diffusion checkpoint (GDBENCH.md 1.1). @throws CheckpointFault */
export async function openDiffusion(layout: DiffusionLayout, options: DiffusionOptions): Promise<Diffusion> {
  return openAll(options, (open) => assemble(layout, options, open));
}

interface Caches {
  readonly key: string;
  readonly batch: number;
  readonly texts: Blocks<string, RowText>;
  readonly images: Blocks<ImageRef, Float32Array>;
  /** e(i, "", k) of an image. */
  readonly uncond: Blocks<ImageRef, Float32Array>;
  /** e(gray, w, k) of a text. */
  readonly gray: Blocks<string, Float32Array>;
  /** e(i, "", k) of the samples that races have drawn. undefined: each block draws its own, so that its rows depend on it alone. */
  readonly raced: LRUCache<string, Float32Array> | undefined;
  readonly starts: readonly number[];
}

async function assemble(layout: DiffusionLayout, options: DiffusionOptions, open: OpenModel): Promise<Diffusion> {
  const protocol = options.protocol ?? 'diffusion-itm';
  const { keep = [] } = options;
  const isAdaptive = protocol === 'diffusion-itm-adaptive';
  /** Where every score counts, none may be a race's estimate. */
  const isRaced = ({ everyScore }: Corpus, { texts, images }: Candidates) =>
    isAdaptive && !everyScore && canRace(texts.length, images.length);
  const needs = {
    uncond: NEEDS[protocol].uncond || keep.includes('uncond'),
    gray: NEEDS[protocol].gray || keep.includes('gray'),
  };
  const encodeBatch = options.pins.batch ?? DEFAULT_BATCH;
  const texts = await openConditioning(layout, open);
  const [conditioning] = await texts.encode(['']);
  const empty = rowText(conditioning!);
  const images = await openImageSide(layout, encodeBatch, open, options.warn);
  const unet = await prepareUNet(
    layout,
    await open(pathOf(layout.folder, layout.unet), layout.unet),
    options,
    conditioning!,
  );
  if (layout.learnedVariance) {
    options.warn(
      `${layout.unet} gives twice as many channels as it takes: the first half is the prediction, and the learned variance is left out.`,
    );
  }
  const grayLatent = needs.gray ? (await images.encode([flatImage(layout.side, GRAY)]))[0]! : undefined;
  const { channels, height, width } = layout.latent;

  /** Errors of pairs over all samples, ordered by k so that the pairs fill batches. */
  const sampled = async (pairs: readonly { z0: Float32Array; text: RowText }[], signal?: AbortSignal) => {
    const errors = pairs.map((): Float32Array => new Float32Array(unet.count));
    const rows: Row[] = [];
    for (let k = 0; k < unet.count; k++) {
      for (const [i, pair] of pairs.entries()) rows.push({ ...pair, k, into: errors[i]! });
    }
    await unet.errors(rows, signal);
    return errors;
  };
  /** Rows of one pair that may share a batch. */
  const rowsOfPair = unet.manySteps ? unet.count : 1;
  const cachesFor = (corpus: Corpus): Caches => {
    const { batch } = unet;
    const blocks = { aligned: unet.pinned };
    const kept: Pick<Caches, 'texts' | 'images'> = {
      texts: new Blocks({
        ...blocks,
        items: corpus.texts,
        keyOf: (text) => text,
        size: texts.fixed ?? encodeBatch,
        maxBytes: CACHE_BYTES,
        encode: async (words) => (await texts.encode(words)).map(rowText),
      }),
      images: new Blocks({
        ...blocks,
        items: corpus.images,
        keyOf: imageKey,
        size: images.batch,
        maxBytes: CACHE_BYTES,
        encode: async (refs) => images.encode(await Promise.all(refs.map(decodeImage))),
      }),
    };
    const size = fullBlocks(Array<number>(batch).fill(rowsOfPair), batch)[1] ?? batch;
    return {
      ...kept,
      key: corpus.key,
      batch,
      uncond: new Blocks({
        ...blocks,
        items: corpus.images,
        keyOf: imageKey,
        size,
        maxBytes: BASELINE_BYTES,
        encode: async (refs, signal) => {
          const latents = await kept.images.getAll(refs, signal);
          return sampled(
            latents.map((z0) => ({ z0, text: empty })),
            signal,
          );
        },
      }),
      gray: new Blocks({
        ...blocks,
        items: corpus.texts,
        keyOf: (text) => text,
        size,
        maxBytes: BASELINE_BYTES,
        encode: async (words, signal) => {
          const hidden = await kept.texts.getAll(words, signal);
          return sampled(
            hidden.map((text) => ({ z0: grayLatent!, text })),
            signal,
          );
        },
      }),
      raced: unet.pinned
        ? undefined
        : new LRUCache({ maxSize: BASELINE_BYTES, sizeCalculation: (errors) => errors.byteLength }),
      starts: corpus.examples.some((example) => isRaced(corpus, example))
        ? raceBlocks(corpus.examples.map(pairsOf), batch)
        : fullBlocks(
            corpus.examples.map((example) => pairsOf(example) * rowsOfPair),
            batch,
          ),
    };
  };
  let caches: Caches | undefined;
  const cachesOf = (corpus: Corpus): Caches => {
    if (caches?.key !== corpus.key || caches.batch !== unet.batch) caches = cachesFor(corpus);
    return caches;
  };

  const scoreInFull = async (
    corpus: Corpus,
    examples: readonly Candidates[],
    signal?: AbortSignal,
  ): Promise<PairScores[]> => {
    const { texts, images, uncond, gray } = cachesOf(corpus);
    const shown = examples.flatMap((example) => example.images);
    const said = examples.flatMap((example) => example.texts);
    const latents = places(shown.map(imageKey), await images.getAll(shown, signal));
    const hidden = places(said, await texts.getAll(said, signal));
    const pairs = examples.flatMap((example) =>
      example.texts.flatMap((text) =>
        example.images.map((image) => ({ z0: latents.get(imageKey(image))!, text: hidden.get(text)! })),
      ),
    );
    // Their batches queue up together, so that none waits for the last of another kind.
    const [unconds, grays, conds] = await allOf(
      needs.uncond ? uncond.getAll(shown, signal) : [],
      needs.gray ? gray.getAll(said, signal) : [],
      sampled(pairs, signal),
    );
    const [nextUncond, nextGray, nextCond] = [unconds.values(), grays.values(), conds.values()];
    return examples.map((example) => {
      const errors = {
        cond: example.texts.map(() => example.images.map(() => next(nextCond))),
        ...(needs.uncond ? { uncond: example.images.map(() => next(nextUncond)) } : {}),
        ...(needs.gray ? { gray: example.texts.map(() => next(nextGray)) } : {}),
      };
      const exact = protocol === 'diffusion-itm-adaptive' ? 'diffusion-itm' : protocol;
      return { scores: reduceErrors(exact, errors, channels * height * width), errors };
    });
  };

  const raceExamples = async (
    corpus: Corpus,
    examples: readonly Candidates[],
    signal?: AbortSignal,
  ): Promise<PairScores[]> => {
    const { texts, images, raced } = cachesOf(corpus);
    const shown = examples.flatMap((example) => example.images);
    const said = examples.flatMap((example) => example.texts);
    const latents = places(shown.map(imageKey), await images.getAll(shown, signal));
    const hidden = places(said, await texts.getAll(said, signal));
    const runners = examples.map((example) => ({
      texts: example.texts.map((text) => hidden.get(text)!),
      images: example.images.map(imageKey).map((key) => ({ key, z0: latents.get(key)! })),
    }));
    const scores = await raceBlock(unet, runners, { empty, signal, ...(raced ? { emptyErrors: raced } : {}) });
    return scores.map((one) => ({ scores: one }));
  };

  const scoreBlock = async (
    corpus: Corpus,
    examples: readonly Candidates[],
    signal?: AbortSignal,
  ): Promise<PairScores[]> => {
    const [fast, full] = [true, false].map((raced) => examples.filter((one) => isRaced(corpus, one) === raced));
    const [races, rest] = await allOf(
      fast!.length > 0 ? raceExamples(corpus, fast!, signal) : [],
      full!.length > 0 ? scoreInFull(corpus, full!, signal) : [],
    );
    const [nextRace, nextOther] = [races.values(), rest.values()];
    return examples.map((one) => next(isRaced(corpus, one) ? nextRace : nextOther));
  };

  return {
    protocol,
    tokenLength: texts.tokenLength,
    samples: unet.count,
    get choice() {
      return unet.choice;
    },
    get rowsScored() {
      return unet.rowsRun;
    },
    wholeBlocks: unet.pinned,
    async begin(corpus, from, to) {
      const examples = corpus.examples.slice(from, to);
      const pairs = examples.reduce((sum, example) => sum + pairsOf(example), 0);
      await unet.settle(pairs * unet.count);
      const { texts, images, uncond, gray } = cachesOf(corpus);
      for (const blocks of [texts, gray]) blocks.expect(examples.flatMap((example) => example.texts));
      for (const blocks of [images, uncond]) blocks.expect(examples.flatMap((example) => example.images));
    },
    blockOf: (corpus, at) => blockAt(cachesOf(corpus).starts, corpus.examples.length, at),
    scoreBlock,
    async score(corpus, words, shown, signal) {
      const [scores] = await scoreBlock(corpus, [{ texts: words, images: shown }], signal);
      return scores!;
    },
    async probe() {
      const [z0] = await images.encode([flatImage(layout.side, GRAY)]);
      await unet.errors([{ z0: z0!, text: empty, k: 0, into: new Float32Array(unet.count) }]);
    },
    async close() {
      await unet.close();
      for (const model of [...texts.models, ...images.models]) await model.close();
    },
  };
}

function pairsOf({ texts, images }: Candidates): number {
  return texts.length * images.length;
}

function places<V>(keys: readonly string[], values: readonly V[]): Map<string, V> {
  return new Map(keys.map((key, i) => [key, values[i]!]));
}

function next<V>(values: IterableIterator<V>): V {
  const { done, value } = values.next();
  if (done) throw new RangeError('there are fewer errors than pairs');
  return value;
}

/** Like Promise.all, but nothing goes on any more when one has failed. */
async function allOf<T extends readonly unknown[]>(...work: T): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }>;
}
