import type { Database } from '@gdbench/prisma/database';
import { complete } from '@gdbench/prisma/shards';
import { claim } from '@gdbench/prisma/work';
import { planOfficial, scoresOf } from './scale-evaluations.ts';

/** The largest of all. */
const TASK = 'vg_attribution';
/** Seconds that each shard is said to have taken for each of its examples: those of 30 s have 100. */
const SECONDS_AN_EXAMPLE = 0.3;

interface Completed {
  /** Examples of the task that were done before. */
  readonly before: number;
  readonly examples: number;
  readonly seconds: number;
}

/**
 * Completions a second in the last tenth of the largest task over those in the first: of shards of one size, handed in one after the
 * other, it is 1 where a completion takes no longer as the scores of its task grow. Nothing else may wait in the database.
 */
export async function completionSlope(db: Database): Promise<{ slope: number; examples: number; shards: number }> {
  await planOfficial(db, 'the largest task', [TASK]);
  const all = await workOff(db);
  const examples = all.reduce((sum, one) => sum + one.examples, 0);
  // the first shards are smaller, and the last may be larger
  const size = all[Math.floor(all.length / 2)]!.examples;
  const alike = all.filter((one) => one.examples === size);
  const first = alike.filter(({ before }) => before < examples / 10);
  const last = alike.filter(({ before }) => before >= (examples * 9) / 10);
  return { slope: rateOf(last) / rateOf(first), examples: size, shards: all.length };
}

async function workOff(db: Database): Promise<Completed[]> {
  const all: Completed[] = [];
  for (;;) {
    const shard = await claim(db, { worker: 'one after the other', kinds: ['SCORE'], loaded: null, onDisk: [] });
    if (shard?.kind !== 'SCORE') return all;
    const scores = scoresOf(shard);
    const began = performance.now();
    await complete(db, shard, { scores, seconds: scores.length * SECONDS_AN_EXAMPLE });
    all.push({ before: shard.from, examples: scores.length, seconds: (performance.now() - began) / 1_000 });
  }
}

/** Completions a second. */
function rateOf(completed: readonly Completed[]): number {
  if (completed.length === 0) throw new Error('There are no completions to be measured.');
  return completed.length / completed.reduce((sum, { seconds }) => sum + seconds, 0);
}
