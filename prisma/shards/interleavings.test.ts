import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { completeTruly, expireLeases, planned, sumOf, trueScores } from '../../test/support/evaluation.ts';
import { readEvaluation } from '../evaluations.ts';
import { type ClaimedShard, claim, fail, heartbeat, release } from '../shards.ts';
import { sweep } from '../sweep.ts';

const database = testFileDatabase();
const SHARDS = { clevr: [2, 1, 3], mmbias: [1, 2] };

/** What a worker may do next; a dead one forgets what it held, as a killed process does. */
const Step = fc.record({
  worker: fc.constantFrom(0, 1),
  action: fc.constantFrom(
    'claim',
    'claim',
    'heartbeat',
    'complete',
    'complete',
    'release',
    'fail',
    'expire',
    'sweep',
    'forget',
  ),
  shard: fc.nat(4),
  /** Whether the next step starts before this one has ended. */
  overlaps: fc.boolean(),
});
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly evaluationId: string;
  readonly shardIds: readonly string[];
  /** Tokens that each worker believes in, lost or not. */
  readonly holds: Map<string, ClaimedShard>[] = [new Map(), new Map()];

  constructor(evaluationId: string, shardIds: readonly string[]) {
    this.evaluationId = evaluationId;
    this.shardIds = shardIds;
  }

  async take({ worker, action, shard }: Step): Promise<void> {
    const db = database();
    const id = this.shardIds[shard] ?? '';
    const mine = this.holds[worker] ?? new Map<string, ClaimedShard>();
    const held = mine.get(id);
    if (action === 'claim') {
      const claimed = await claim(db, id, `worker-${worker}`);
      if (claimed) mine.set(id, claimed);
    } else if (action === 'expire') await expireLeases(db, this.evaluationId);
    else if (action === 'sweep') await sweep(db);
    else if (action === 'forget') mine.clear();
    else if (!held) return;
    else if (action === 'heartbeat') await heartbeat(db, id, held.token, { examplesDone: 1 });
    else if (action === 'complete') await completeTruly(db, held);
    else if (action === 'release') await release(db, id, held.token);
    else await fail(db, id, held.token, { error: 'x', fault: 'SERVICE', remedy: 'y', permanent: false });
  }

  /** Two healthy workers come back and do what is left. */
  async finish(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await expireLeases(database(), this.evaluationId);
      await sweep(database());
      await Promise.all(
        this.shardIds.map(async (id, i) => {
          const claimed = await claim(database(), id, `healthy-${i % 2}`);
          if (claimed) await completeTruly(database(), claimed);
        }),
      );
    }
  }
}

/** So that only the faults of this test decide, not the limit on tries. */
async function giveTries(evaluationId: string): Promise<void> {
  await database().pool.query('UPDATE "Shard" SET attempts = -1000 WHERE "evaluationId" = $1', [evaluationId]);
}

test('whatever two workers do in whatever order, an evaluation ends DONE with every example once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const { evaluationId, shardIds } = await planned(database(), { shards: SHARDS });
      await giveTries(evaluationId);
      const run = new Run(evaluationId, shardIds);
      const running: Promise<void>[] = [];
      for (const step of steps) {
        running.push(run.take(step));
        if (!step.overlaps) await Promise.all(running.splice(0));
      }
      await Promise.all(running);
      await run.finish();
      await expectWhole(evaluationId);
    }),
    { numRuns: 25 },
  );
}, 180_000);

async function expectWhole(evaluationId: string): Promise<void> {
  const end = await readEvaluation(database(), evaluationId);
  expect(end).toMatchObject({ state: 'DONE', shardsDone: 5, shardsTotal: 5, workers: 0 });
  expect(end?.tasks.map(({ task, examplesDone, shardsDone }) => [task, examplesDone, shardsDone])).toEqual([
    ['clevr', 6, 3],
    ['mmbias', 3, 2],
  ]);
  const { rows } = await database().pool.query(
    'SELECT task, array_agg(index ORDER BY index) AS indexes FROM "ExampleScore" WHERE "evaluationId" = $1 GROUP BY task ORDER BY task',
    [evaluationId],
  );
  expect(rows).toEqual([
    { task: 'clevr', indexes: [0, 1, 2, 3, 4, 5] },
    { task: 'mmbias', indexes: [0, 1, 2] },
  ]);
  for (const [task, n] of [
    ['clevr', 6],
    ['mmbias', 3],
  ] as const) {
    const undisturbed = sumOf(
      task,
      Array.from({ length: n }, (_, index) => trueScores(index)),
    );
    expect(end?.results.filter((result) => result.task === task)).toEqual([
      { task, sizes: [], ...undisturbed.metrics[0], complete: true },
    ]);
  }
}
