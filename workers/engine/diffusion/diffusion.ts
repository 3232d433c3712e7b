import { isAdaptive, isExact, type SampledProtocol } from '@gdbench/benchmark/protocol';
import { imageKey } from '@gdbench/benchmark/task';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { flatImage } from '../image/decode.ts';
import { canRace } from '../protocols/adaptive.ts';
import { raceBlock, raceBlocks } from '../protocols/adaptive-block.ts';
import { NEEDS, reduceErrors } from '../protocols/reduce.ts';
import { type OpenModel, openAll } from '../runtime/session.ts';
import type { BlockScorer, Candidates, Corpus, PairScores } from '../scorers/scorer.ts';
import { openConditioning } from './conditioning.ts';
import { type DiffusionCaches, diffusionCaches, rowsOfPair, sampledInFull } from './diffusion-caches.ts';
import { blockAt, fullBlocks } from './example-blocks.ts';
import { openImageSide } from './latents.ts';
import { type Choice, DEFAULT_BATCH } from './tune.ts';
import { prepareUNet, rowText, type UNetOptions } from './unet.ts';

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

async function assemble(layout: DiffusionLayout, options: DiffusionOptions, open: OpenModel): Promise<Diffusion> {
  const protocol = options.protocol ?? 'diffusion-itm';
  const { keep = [] } = options;
  for (const warning of layout.warnings) options.warn(warning);
  /** Where every score counts, none may be a race's estimate. */
  const isRaced = ({ everyScore }: Corpus, { texts, images }: Candidates) =>
    isAdaptive(protocol) && !everyScore && canRace(texts.length, images.length);
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
  const grayLatent = needs.gray ? (await images.encode([flatImage(layout.side, GRAY)]))[0]! : null;
  const { channels, height, width } = layout.latent;

  const parts = { texts, images, unet, empty, grayLatent, encodeBatch };
  let present: { readonly key: string; readonly caches: DiffusionCaches } | undefined;
  const cachesOf = (corpus: Corpus): DiffusionCaches => {
    if (present?.key !== corpus.key) present = { key: corpus.key, caches: diffusionCaches(corpus, parts) };
    return present.caches;
  };
  let cuts: { readonly key: string; readonly batch: number; readonly starts: readonly number[] } | undefined;
  const startsOf = (corpus: Corpus): readonly number[] => {
    const { key, examples } = corpus;
    const { batch } = unet;
    if (cuts?.key === key && cuts.batch === batch) return cuts.starts;
    const starts = examples.some((example) => isRaced(corpus, example))
      ? raceBlocks(examples.map(pairsOf), batch)
      : fullBlocks(
          examples.map((example) => pairsOf(example) * rowsOfPair(unet)),
          batch,
        );
    cuts = { key, batch, starts };
    return starts;
  };

  /** The examples' latents and hidden states, of each what was asked for and a way to find it. */
  const encoded = async (corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal) => {
    const { texts, images } = cachesOf(corpus);
    const shown = examples.flatMap((example) => example.images);
    const said = examples.flatMap((example) => example.texts);
    const latents = places(shown.map(imageKey), await images.getAll(shown, signal));
    const hidden = places(said, await texts.getAll(said, signal));
    return { shown, said, latents, hidden };
  };

  const scoreInFull = async (
    corpus: Corpus,
    examples: readonly Candidates[],
    signal?: AbortSignal,
  ): Promise<PairScores[]> => {
    const { uncond, gray } = cachesOf(corpus);
    const { shown, said, latents, hidden } = await encoded(corpus, examples, signal);
    const pairs = examples.flatMap((example) =>
      example.texts.flatMap((text) =>
        example.images.map((image) => ({ z0: latents.get(imageKey(image))!, text: hidden.get(text)! })),
      ),
    );
    // Their batches queue up together, so that none waits for the last of another kind.
    const [unconds, grays, conds] = await allOf(
      needs.uncond ? uncond.getAll(shown, signal) : [],
      needs.gray ? gray.getAll(said, signal) : [],
      sampledInFull(unet, pairs, signal),
    );
    const [nextUncond, nextGray, nextCond] = [unconds.values(), grays.values(), conds.values()];
    return examples.map((example) => {
      const errors = {
        cond: example.texts.map(() => example.images.map(() => next(nextCond))),
        ...(needs.uncond ? { uncond: example.images.map(() => next(nextUncond)) } : {}),
        ...(needs.gray ? { gray: example.texts.map(() => next(nextGray)) } : {}),
      };
      const exact = isExact(protocol) ? protocol : 'diffusion-itm';
      return { scores: reduceErrors(exact, errors, channels * height * width), errors };
    });
  };

  const raceExamples = async (
    corpus: Corpus,
    examples: readonly Candidates[],
    signal?: AbortSignal,
  ): Promise<PairScores[]> => {
    const { raced } = cachesOf(corpus);
    const { latents, hidden } = await encoded(corpus, examples, signal);
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
    blockOf: (corpus, at) => blockAt(startsOf(corpus), corpus.examples.length, at),
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
