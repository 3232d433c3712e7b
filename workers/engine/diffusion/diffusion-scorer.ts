import { isAdaptive, isExact, type SampledProtocol } from '@gdbench/benchmark/protocol';
import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { flatImage } from '../image/decode.ts';
import { canRace } from '../protocols/adaptive.ts';
import { raceBlock, raceBlocks } from '../protocols/adaptive-block.ts';
import { NEEDS, reduceErrors } from '../protocols/reduce.ts';
import type { BlockScorer, Candidates, Corpus, PairScores } from '../scorers/scorer.ts';
import {
  type DiffusionCaches,
  type DiffusionParts,
  diffusionCaches,
  rowsOfPair,
  sampledInFull,
} from './diffusion-caches.ts';
import { blockAt, fullBlocks } from './example-blocks.ts';
import type { Choice } from './tune.ts';
import type { RowText } from './unet-graph.ts';

/** RGB of the "average image" (GDBENCH.md 1.4). */
const GRAY = 128;

/** It, as an image of a model's size. */
export const grayImage = (side: number) => flatImage(side, GRAY);

export interface Diffusion extends BlockScorer {
  readonly tokenLength: number;
  /** Samples of every pair. */
  readonly samples: number;
  readonly choice: Choice;
}

/** Errors beside those of the pairs. */
export interface Baselines {
  readonly uncond: boolean;
  readonly gray: boolean;
}

export interface Scoring {
  readonly protocol: SampledProtocol;
  readonly needs: Baselines;
  /** Pixels of an image's side. */
  readonly side: number;
  /** Numbers in a latent. */
  readonly elements: number;
}

/** Latents by their images' keys, and hidden states by their texts, of some examples; what was asked for, in its order. */
interface Encoded {
  readonly shown: readonly ImageRef[];
  readonly said: readonly string[];
  readonly latents: ReadonlyMap<string, Float32Array>;
  readonly hidden: ReadonlyMap<string, RowText>;
}

/** A diffusion checkpoint whose graphs are open. */
export class DiffusionScorer implements Diffusion {
  readonly protocol: SampledProtocol;
  readonly #scoring: Scoring;
  readonly #parts: DiffusionParts;
  #present: { readonly key: string; readonly caches: DiffusionCaches } | undefined;
  #cuts: { readonly key: string; readonly batch: number; readonly starts: readonly number[] } | undefined;

  constructor(scoring: Scoring, parts: DiffusionParts) {
    this.protocol = scoring.protocol;
    this.#scoring = scoring;
    this.#parts = parts;
  }

  get tokenLength(): number {
    return this.#parts.texts.tokenLength;
  }

  get samples(): number {
    return this.#parts.unet.count;
  }

  get choice(): Choice {
    return this.#parts.unet.choice;
  }

  get rowsScored(): number {
    return this.#parts.unet.rowsRun;
  }

  get wholeBlocks(): boolean {
    return this.#parts.unet.pinned;
  }

  async begin(corpus: Corpus, from: number, to: number): Promise<void> {
    const { unet } = this.#parts;
    const examples = corpus.examples.slice(from, to);
    const pairs = examples.reduce((sum, example) => sum + pairsOf(example), 0);
    await unet.settle(pairs * unet.count);
    const { texts, images, uncond, gray } = this.#cachesOf(corpus);
    for (const blocks of [texts, gray]) blocks.expect(examples.flatMap((example) => example.texts));
    for (const blocks of [images, uncond]) blocks.expect(examples.flatMap((example) => example.images));
  }

  blockOf(corpus: Corpus, at: number): { readonly from: number; readonly to: number } {
    return blockAt(this.#startsOf(corpus), corpus.examples.length, at);
  }

  async scoreBlock(corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal): Promise<PairScores[]> {
    const [fast, full] = [true, false].map((raced) => examples.filter((one) => this.#isRaced(corpus, one) === raced));
    const [races, rest] = await allOf(
      fast!.length > 0 ? this.#race(corpus, fast!, signal) : [],
      full!.length > 0 ? this.#scoreInFull(corpus, full!, signal) : [],
    );
    const [nextRace, nextOther] = [races.values(), rest.values()];
    return examples.map((one) => next(this.#isRaced(corpus, one) ? nextRace : nextOther));
  }

  async score(
    corpus: Corpus,
    texts: readonly string[],
    images: readonly ImageRef[],
    signal?: AbortSignal,
  ): Promise<PairScores> {
    const [scores] = await this.scoreBlock(corpus, [{ texts, images }], signal);
    return scores!;
  }

  async probe(): Promise<void> {
    const { images, unet, empty } = this.#parts;
    const [z0] = await images.encode([grayImage(this.#scoring.side)]);
    await unet.errors([{ z0: z0!, text: empty, k: 0, into: new Float32Array(unet.count) }]);
  }

  async close(): Promise<void> {
    const { unet, texts, images } = this.#parts;
    await unet.close();
    for (const model of [...texts.models, ...images.models]) await model.close();
  }

  /** Where every score counts, none may be a race's estimate. */
  #isRaced({ everyScore }: Corpus, { texts, images }: Candidates): boolean {
    return isAdaptive(this.protocol) && !everyScore && canRace(texts.length, images.length);
  }

  #cachesOf(corpus: Corpus): DiffusionCaches {
    if (this.#present?.key !== corpus.key)
      this.#present = { key: corpus.key, caches: diffusionCaches(corpus, this.#parts) };
    return this.#present.caches;
  }

  /** Where each block of the corpus's examples starts. */
  #startsOf(corpus: Corpus): readonly number[] {
    const { key, examples } = corpus;
    const { unet } = this.#parts;
    const { batch } = unet;
    if (this.#cuts?.key === key && this.#cuts.batch === batch) return this.#cuts.starts;
    const pairs = examples.map(pairsOf);
    const starts = examples.some((example) => this.#isRaced(corpus, example))
      ? raceBlocks(pairs, batch)
      : fullBlocks(
          pairs.map((count) => count * rowsOfPair(unet)),
          batch,
        );
    this.#cuts = { key, batch, starts };
    return starts;
  }

  async #encoded(corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal): Promise<Encoded> {
    const { texts, images } = this.#cachesOf(corpus);
    const shown = examples.flatMap((example) => example.images);
    const said = examples.flatMap((example) => example.texts);
    const latents = places(shown.map(imageKey), await images.getAll(shown, signal));
    const hidden = places(said, await texts.getAll(said, signal));
    return { shown, said, latents, hidden };
  }

  async #scoreInFull(corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal): Promise<PairScores[]> {
    const { needs, elements, protocol } = this.#scoring;
    const { uncond, gray } = this.#cachesOf(corpus);
    const { shown, said, latents, hidden } = await this.#encoded(corpus, examples, signal);
    const pairs = examples.flatMap((example) =>
      example.texts.flatMap((text) =>
        example.images.map((image) => ({ z0: latents.get(imageKey(image))!, text: hidden.get(text)! })),
      ),
    );
    // Their batches queue up together, so that none waits for the last of another kind.
    const [unconds, grays, conds] = await allOf(
      needs.uncond ? uncond.getAll(shown, signal) : [],
      needs.gray ? gray.getAll(said, signal) : [],
      sampledInFull(this.#parts.unet, pairs, signal),
    );
    const [nextUncond, nextGray, nextCond] = [unconds.values(), grays.values(), conds.values()];
    return examples.map((example) => {
      const errors = {
        cond: example.texts.map(() => example.images.map(() => next(nextCond))),
        ...(needs.uncond ? { uncond: example.images.map(() => next(nextUncond)) } : {}),
        ...(needs.gray ? { gray: example.texts.map(() => next(nextGray)) } : {}),
      };
      return { scores: reduceErrors(isExact(protocol) ? protocol : 'diffusion-itm', errors, elements), errors };
    });
  }

  async #race(corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal): Promise<PairScores[]> {
    const { unet, empty } = this.#parts;
    const { raced } = this.#cachesOf(corpus);
    const { latents, hidden } = await this.#encoded(corpus, examples, signal);
    const runners = examples.map((example) => ({
      texts: example.texts.map((text) => hidden.get(text)!),
      images: example.images.map(imageKey).map((key) => ({ key, z0: latents.get(key)! })),
    }));
    const scores = await raceBlock(unet, runners, { empty, signal, ...(raced ? { emptyErrors: raced } : {}) });
    return scores.map((one) => ({ scores: one }));
  }
}

/** What is needed of a protocol, and of what else is kept. */
export function baselinesOf(protocol: SampledProtocol, keep: readonly ('uncond' | 'gray')[]): Baselines {
  const { uncond, gray } = NEEDS[protocol];
  return { uncond: uncond || keep.includes('uncond'), gray: gray || keep.includes('gray') };
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
