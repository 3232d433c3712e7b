import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Example, type ImageRef, imageKey, type TaskData } from '@gdbench/benchmark/task';
import type { Candidates, Corpus, PairScores } from './scorers/scorer.ts';

/** Of each text and image of an example, its position among the distinct ones that are scored. */
export interface Positions {
  readonly texts: readonly number[];
  readonly images: readonly number[];
}

/** A task's corpus, and the way back from its candidates to the examples' own lists. */
export interface SpreadCorpus {
  readonly corpus: Corpus;
  readonly positions: readonly Positions[];
}

export function corpusKey(data: TaskData): string {
  return JSON.stringify([data.root, data.task, data.dataVersion, data.examples.length]);
}

/** Lists what is scored: of equal texts, and of byte-equal images, within one example the first alone, since they tie by construction. */
export async function corpusOf(data: TaskData): Promise<SpreadCorpus> {
  const texts = new Set<string>();
  const images = new Map<string, ImageRef>();
  const examples: Candidates[] = [];
  const positions: Positions[] = [];
  const files = new Files();
  for (const example of data.examples) {
    const text = distinct(example.texts, example.texts);
    const image = distinct(example.images, await sameness(example, files));
    examples.push({ texts: text.items, images: image.items });
    positions.push({ texts: text.of, images: image.of });
    for (const one of text.items) texts.add(one);
    for (const one of image.items) if (!images.has(imageKey(one))) images.set(imageKey(one), one);
  }
  const corpus: Corpus = {
    key: corpusKey(data),
    texts: [...texts],
    images: [...images.values()],
    examples,
    everyScore: data.pleasant !== undefined,
  };
  return { corpus, positions };
}

/** From the scores of an example's candidates back to its own lists. */
export function spread({ scores, errors }: PairScores, { texts, images }: Positions): PairScores {
  const cells = <V>(rows: readonly (readonly V[])[]) => texts.map((text) => images.map((image) => rows[text]![image]!));
  if (!errors) return { scores: cells(scores) };
  const { cond, uncond, gray } = errors;
  return {
    scores: cells(scores),
    errors: {
      cond: cells(cond),
      ...(uncond ? { uncond: images.map((image) => uncond[image]!) } : {}),
      ...(gray ? { gray: texts.map((text) => gray[text]!) } : {}),
    },
  };
}

/** @param same what makes two items equal, one an item. */
function distinct<T>(items: readonly T[], same: readonly string[]): { items: readonly T[]; of: readonly number[] } {
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

/** For each image of an example, what equals that of another exactly when they show the same bytes in the same box. */
async function sameness({ images }: Example, files: Files): Promise<string[]> {
  const paths = new Set(images.map(({ path }) => path));
  if (paths.size < 2) return images.map(imageKey);
  const sizes = await Promise.all([...paths].map((path) => files.size(path)));
  const seen = new Set<number>();
  const shared = new Set(sizes.filter((size) => seen.size === seen.add(size).size));
  const names = new Map<string, string>();
  for (const [i, path] of [...paths].entries()) {
    // Files of different sizes differ; only the others are read.
    names.set(path, shared.has(sizes[i]!) ? await files.digest(path) : path);
  }
  return images.map((image) => imageKey({ ...image, path: names.get(image.path)! }));
}

/** What is known of files. One that cannot be read equals none: it is told of when it is its turn. */
class Files {
  readonly #sizes = new Map<string, number>();
  readonly #digests = new Map<string, string>();
  #unknown = 0;

  async size(path: string): Promise<number> {
    const known = this.#sizes.get(path);
    if (known !== undefined) return known;
    const size = await stat(path).then(
      (found) => found.size,
      () => --this.#unknown,
    );
    this.#sizes.set(path, size);
    return size;
  }

  async digest(path: string): Promise<string> {
    const known = this.#digests.get(path);
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    const digest = await pipeline(createReadStream(path), hash).then(
      () => hash.digest('hex'),
      () => path,
    );
    this.#digests.set(path, digest);
    return digest;
  }
}
