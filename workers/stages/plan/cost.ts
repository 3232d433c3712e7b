import { type Example, imageKey, type TaskData, type TaskName } from '@gdbench/benchmark/task';

/**
 * How a checkpoint spends model rows. `samples` is the number of noise samples that are really drawn; `images`, `texts` say
 * whether each image, each text costs rows beside those of the pairs: of the empty text, of the gray image.
 */
export type Spending =
  | { kind: 'diffusion'; samples: number; images: boolean; texts: boolean }
  | { kind: 'dual-encoder' }
  | { kind: 'matching-head' };

export interface PlannedTask {
  readonly task: TaskName;
  readonly dataVersion: string;
  readonly examples: number;
  /** Expected model rows of all of it. */
  readonly cost: number;
}

/** What scoring all examples of a task costs; it is cut into shards as they are claimed. */
export function planTask({ task, dataVersion, examples }: TaskData, spending: Spending): PlannedTask {
  const seen: Seen = { texts: new Set(), images: new Set() };
  let cost = 0;
  for (const example of examples) {
    cost += rowsOfExample(example, spending, seen);
    for (const text of example.texts) seen.texts.add(text);
    for (const image of example.images) seen.images.add(imageKey(image));
  }
  return { task, dataVersion, examples: examples.length, cost };
}

/** What was embedded or measured already and is not paid for again. */
interface Seen {
  readonly texts: Set<string>;
  readonly images: Set<string>;
}

/** Model rows of one more example: what depends on the text or on the image alone is computed once, in a shard of the whole task. */
function rowsOfExample(example: Example, spending: Spending, seen: Seen): number {
  const pairs = example.texts.length * example.images.length;
  if (spending.kind === 'matching-head') return pairs;
  const newImages = new Set(example.images.map(imageKey).filter((key) => !seen.images.has(key))).size;
  const newTexts = new Set(example.texts.filter((text) => !seen.texts.has(text))).size;
  if (spending.kind === 'dual-encoder') return newImages + newTexts;
  const { samples, images, texts } = spending;
  return (pairs + (images ? newImages : 0) + (texts ? newTexts : 0)) * samples;
}
