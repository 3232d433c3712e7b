import { type Example, imageKey, type TaskData, type TaskName } from '@gdbench/benchmark/task';

/**
 * How a checkpoint spends model rows. `samples` is the number of noise samples that are really drawn; `images`, `texts` say
 * whether each image, each text costs rows beside those of the pairs: of the empty text, of the gray image.
 */
export type Spending =
  | { kind: 'diffusion'; samples: number; images: boolean; texts: boolean }
  | { kind: 'dual-encoder' }
  | { kind: 'matching-head' };

/** Examples `from` (inclusive) to `to` (exclusive) of a task's list; `cost` in model rows. */
export interface PlannedShard {
  readonly from: number;
  readonly to: number;
  readonly cost: number;
}

export interface PlannedTask {
  readonly task: TaskName;
  readonly dataVersion: string;
  readonly examples: number;
  readonly shards: readonly PlannedShard[];
}

/**
 * Model rows of a full shard: some seconds of work for a small model on two cores, and little to do again when a worker
 * is lost. A shard holds at least one example, whatever it costs.
 */
export const SHARD_ROWS: Record<Spending['kind'], number> = {
  diffusion: 2_000,
  'dual-encoder': 600,
  'matching-head': 1_000,
};

/** The first shards are smaller, each twice the one before, so that a reader soon sees a first value. */
const FIRST_FRACTION = 1 / 8;

/**
 * Slices each task's examples into shards, tasks and examples in the order given. Every example is in exactly one shard.
 * `shardRows` is the cost that a shard of more than one example does not exceed.
 */
export function planShards(
  tasks: readonly TaskData[],
  spending: Spending,
  shardRows = SHARD_ROWS[spending.kind],
): PlannedTask[] {
  let planned = 0;
  return tasks.map((data) => {
    const shards: PlannedShard[] = [];
    let from = 0;
    while (from < data.examples.length) {
      const shard = shardFrom(data.examples, from, spending, rowsOfShard(planned, shardRows));
      shards.push(shard);
      planned += 1;
      from = shard.to;
    }
    return { task: data.task, dataVersion: data.dataVersion, examples: data.examples.length, shards };
  });
}

/** The most rows that the shard at this position may cost. */
export function rowsOfShard(position: number, shardRows: number): number {
  return Math.min(shardRows, shardRows * FIRST_FRACTION * 2 ** position);
}

function shardFrom(examples: readonly Example[], from: number, spending: Spending, rows: number): PlannedShard {
  const seen: Seen = { texts: new Set(), images: new Set() };
  let cost = 0;
  let to = from;
  for (const example of examples.slice(from)) {
    const more = rowsOfExample(example, spending, seen);
    if (to > from && cost + more > rows) break;
    cost += more;
    to += 1;
    for (const text of example.texts) seen.texts.add(text);
    for (const image of example.images) seen.images.add(imageKey(image));
  }
  return { from, to, cost };
}

/** What a shard has embedded or measured already and does not pay for again. */
interface Seen {
  readonly texts: Set<string>;
  readonly images: Set<string>;
}

/** Model rows of one more example: what depends on the text or on the image alone is computed once a shard. */
function rowsOfExample(example: Example, spending: Spending, seen: Seen): number {
  const pairs = example.texts.length * example.images.length;
  if (spending.kind === 'matching-head') return pairs;
  const newImages = new Set(example.images.map(imageKey).filter((key) => !seen.images.has(key))).size;
  const newTexts = new Set(example.texts.filter((text) => !seen.texts.has(text))).size;
  if (spending.kind === 'dual-encoder') return newImages + newTexts;
  const { samples, images, texts } = spending;
  return (pairs + (images ? newImages : 0) + (texts ? newTexts : 0)) * samples;
}
