import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { sep } from 'node:path';
import { type ExampleScores, type ImageRef, imageKey, type TaskData } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import { CheckpointFault, DataFault } from './checkpoint/fault.ts';
import { openFolder } from './checkpoint/folder.ts';
import { readOnnx } from './checkpoint/onnx.ts';
import { type CheckpointReport, modelFiles, readLayout } from './inspect.ts';
import type { Device } from './models/device.ts';
import { openDiffusion } from './models/diffusion.ts';
import { openDualEncoder } from './models/dual-encoder.ts';
import { openMatchingHead } from './models/matching-head.ts';
import type { Corpus, ImageTextScorer, PairScores, Protocol, SampleErrors } from './models/scorer.ts';
import type { SessionOptions } from './models/session.ts';

export type { Protocol, SampleErrors } from './models/scorer.ts';

export interface EvaluatorOptions {
  /** The checkpoint's folder. */
  readonly dir: string;
  /** Of inspectCheckpoint for this folder. */
  readonly report: CheckpointReport;
  /** Default: the report's. */
  readonly protocol?: Protocol;
  /** Sample budget of a diffusion model, 1 to 1000. */
  readonly samples: number;
  /** Of the noise, 0 to 2^53 - 1; PyTorch's generator uses its low 32 bits. */
  readonly seed: number;
  readonly device?: Device;
  /** Rows that go through a model at once. Pin it, and threads, for results that are equal to the bit. */
  readonly batch?: number;
  readonly threads?: number;
}

export interface ScoredExample extends ExampleScores {
  /** Only where asked for, and only of a protocol that samples. */
  readonly errors?: SampleErrors;
}

export interface ScoreOptions {
  readonly signal?: AbortSignal;
  /** After each example, in their order: how many of `from` to `to` are done, and the example, so that it can be written at once. */
  readonly onExample?: (done: number, total: number, scored: ScoredExample) => void;
  /** Give every sample's error too. */
  readonly errors?: boolean;
}

export interface Evaluator {
  readonly protocol: Protocol;
  /** U-Net rows, or encoder rows, so far. */
  readonly rowsScored: number;
  /** Sentences about what did not go as asked, such as a device that is not there. */
  readonly warnings: readonly string[];
  /**
   * Scores the examples `from` (inclusive) to `to` (exclusive) of a task.
   *
   * @throws CheckpointFault, DataFault, or the signal's reason.
   */
  scoreExamples(data: TaskData, from: number, to: number, options?: ScoreOptions): Promise<ScoredExample[]>;
  close(): Promise<void>;
}

const DEFAULT_BATCH = 16;
/** File hashes that are kept, to find byte-equal images. */
const KEPT_HASHES = 50_000;

/** @throws CheckpointFault when the folder is not, or no longer, what the report says. */
export async function openEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const warnings = new Set<string>();
  const scorer = await openScorer(options, (sentence) => warnings.add(sentence));
  const hashes = new LRUCache<string, string>({ max: KEPT_HASHES });
  let corpus: Corpus | undefined;

  return {
    protocol: scorer.protocol,
    get rowsScored() {
      return scorer.rowsScored;
    },
    get warnings() {
      return [...warnings];
    },
    async scoreExamples(data, from, to, { signal, onExample, errors = false } = {}) {
      if (from < 0 || to > data.examples.length || from > to) {
        throw new RangeError(`examples ${from} to ${to} are not among the ${data.examples.length} of ${data.task}`);
      }
      const key = corpusKey(data);
      if (corpus?.key !== key) corpus = corpusOf(data, key);
      const scored: ScoredExample[] = [];
      for (let at = from; at < to; at++) {
        signal?.throwIfAborted();
        const { index, id, texts, images } = data.examples[at]!;
        const text = distinct(texts, texts);
        const image = await distinctImages(images, hashes).catch((error) => belowRoot(data, error));
        const pairs = await scorer
          .score(corpus, text.items, image.items, signal)
          .catch((error) => belowRoot(data, error));
        const one = { index, example: id, ...spread(pairs, text.of, image.of, errors) };
        scored.push(one);
        onExample?.(at - from + 1, to - from, one);
      }
      return scored;
    },
    close: () => scorer.close(),
  };
}

const OFFERED = { diffusion: 'diffusion-itm', 'dual-encoder': 'cosine', 'matching-head': 'matching' } as const;

async function openScorer(options: EvaluatorOptions, warn: (sentence: string) => void): Promise<ImageTextScorer> {
  const folder = await openFolder(options.dir);
  const layout = await readLayout(folder);
  const protocol = options.protocol ?? options.report.protocol;
  const offered: Protocol = OFFERED[layout.kind];
  if (protocol !== offered) {
    throw new CheckpointFault(
      '',
      `The protocol ${protocol} does not fit this ${layout.kind} checkpoint; use ${offered}.`,
    );
  }
  // The files may have changed since inspection: no session is made of a graph that leads out of the folder.
  for (const file of modelFiles(layout)) await readOnnx(folder, file);
  const batch = options.batch ?? DEFAULT_BATCH;
  const session: SessionOptions = {
    device: options.device ?? 'cpu',
    threads: options.threads ?? availableParallelism(),
    warn,
  };
  if (layout.kind === 'diffusion')
    return openDiffusion(layout, { ...session, batch, samples: options.samples, seed: options.seed });
  return layout.kind === 'dual-encoder'
    ? openDualEncoder(layout, { ...session, batch })
    : openMatchingHead(layout, { ...session, batch });
}

function corpusKey(data: TaskData): string {
  return JSON.stringify([data.root, data.task, data.dataVersion, data.examples.length]);
}

function corpusOf(data: TaskData, key: string): Corpus {
  const texts = new Set<string>();
  const images = new Map<string, ImageRef>();
  for (const example of data.examples) {
    for (const text of example.texts) texts.add(text);
    for (const image of example.images) images.set(imageKey(image), image);
  }
  return { key, texts: [...texts], images: [...images.values()] };
}

/** The items once each, and for every place the position of its item. */
interface Distinct<T> {
  readonly items: readonly T[];
  readonly of: readonly number[];
}

/** @param same what makes two items equal, one an item. */
function distinct<T>(items: readonly T[], same: readonly string[]): Distinct<T> {
  const positions = new Map<string, number>();
  const kept: T[] = [];
  const of = items.map((item, i) => {
    const known = positions.get(same[i]!);
    if (known !== undefined) return known;
    positions.set(same[i]!, kept.length);
    return kept.push(item) - 1;
  });
  return { items: kept, of };
}

/** Byte-equal images of one example, or equal boxes of them, tie by construction: the first of them is scored for all. */
async function distinctImages(
  images: readonly ImageRef[],
  hashes: LRUCache<string, string>,
): Promise<Distinct<ImageRef>> {
  const keys = images.map(imageKey);
  if (new Set(keys).size < 2) return distinct(images, keys);
  const same: string[] = [];
  for (const { path, ...box } of images) {
    let hash = hashes.get(path);
    if (hash === undefined) {
      hash = createHash('sha256')
        .update(await readImage(path))
        .digest('hex');
      hashes.set(path, hash);
    }
    same.push(imageKey({ path: hash, ...box }));
  }
  return distinct(images, same);
}

/** Messages name images as the data root does: where the root stands is nobody's business. */
function belowRoot(data: TaskData, error: unknown): never {
  if (error instanceof DataFault) throw new DataFault(error.message.replaceAll(data.root + sep, ''));
  throw error;
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw new DataFault(`The image ${path} cannot be read; put it in its place, or leave the task out.`);
  }
}

/** From distinct texts and images back to the example's own lists. */
function spread(
  pairs: PairScores,
  texts: readonly number[],
  images: readonly number[],
  withErrors: boolean,
): Pick<ScoredExample, 'scores' | 'errors'> {
  const scores = texts.map((text) => images.map((image) => pairs.scores[text]![image]!));
  const { errors } = pairs;
  if (!withErrors || !errors) return { scores };
  return {
    scores,
    errors: {
      cond: texts.map((text) => images.map((image) => errors.cond[text]![image]!)),
      ...(errors.uncond ? { uncond: images.map((image) => errors.uncond![image]!) } : {}),
      ...(errors.gray ? { gray: texts.map((text) => errors.gray![text]!) } : {}),
    },
  };
}
