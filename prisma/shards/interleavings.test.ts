import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import {
  claimNext,
  completeTruly,
  endPauses,
  expireLeases,
  planned,
  summariseTruly,
  sumOf,
  trueScores,
} from '../../test/support/evaluation.ts';
import { readEvaluation } from '../evaluations.ts';
import type { ClaimedShard } from '../shards.ts';
import { fail, heartbeat, release, sweep } from '../work.ts';

const database = testFileDatabase();
const SHARDS = { clevr: [2, 1, 3], mmbias: [1, 2] };
const TASKS = ['clevr', 'mmbias'] as const;

/** What a worker may do next; a dead one forgets what it held, as a killed process does. */
const Step = fc.record({
  worker: fc.constantFrom(0, 1),
  action: fc.constantFrom(
    'claim',
    'claim',
    'heartbeat',
    'complete',
    'complete',
    'summarise',
    'release',
    'fail',
    'expire',
    'sweep',
    'forget',
  ),
  which: fc.nat(4),
  seconds: fc.constantFrom(0, 0.5, 100),
  /** Whether the next step starts before this one has ended. */
  overlaps: fc.boolean(),
});
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly evaluationId: string;
  /** Shards that each worker believes in, lost or not. */
  readonly holds: ClaimedShard[][] = [[], []];

  constructor(evaluationId: string) {
    this.evaluationId = evaluationId;
  }

  async take({ worker, action, which, seconds }: Step): Promise<void> {
    const db = database();
    const mine = this.holds[worker] ?? [];
    const held = mine[which % Math.max(1, mine.length)];
    if (action === 'claim') {
      const claimed = await claimNext(db, this.evaluationId, `worker-${worker}`);
      if (claimed) mine.push(claimed);
    } else if (action === 'expire') await expireLeases(db, this.evaluationId);
    else if (action === 'sweep') await sweep(db);
    else if (action === 'summarise') await summariseTruly(db, this.evaluationId, TASKS[which % 2] ?? 'clevr');
    else if (action === 'forget') mine.splice(0);
    else if (!held) return;
    else if (action === 'heartbeat') await heartbeat(db, held, { done: 1 });
    else if (action === 'complete') await completeTruly(db, held, { seconds });
    else if (action === 'release') await release(db, held);
    else await fail(db, held, { error: 'x', fault: 'SERVICE', remedy: 'y', permanent: false, killed: which > 2 });
  }

  /** Two healthy workers come back and do what is left. */
  async finish(): Promise<void> {
    await expireLeases(database(), this.evaluationId);
    await sweep(database());
    await endPauses(database(), this.evaluationId);
    await Promise.all([0, 1].map((worker) => this.work(`healthy-${worker}`)));
    await Promise.all(TASKS.map((task) => summariseTruly(database(), this.evaluationId, task)));
  }

  async work(worker: string): Promise<void> {
    for (;;) {
      const claimed = await claimNext(database(), this.evaluationId, worker);
      if (!claimed) return;
      await completeTruly(database(), claimed);
    }
  }
}

/** So that only the faults of this test decide, not the limit on tries. */
async function giveTries(evaluationId: string): Promise<void> {
  await database().pool.query('UPDATE "Work" SET attempts = -1000, kills = -1000 WHERE "evaluationId" = $1', [
    evaluationId,
  ]);
}

for (const [how, plan] of [
  ['a plan that was cut before', {}],
  ['a plan that is cut as it is claimed', { uncut: true, rows: 25 }],
] as const)
  test(`whatever two workers do in whatever order to ${how}, an evaluation ends DONE with every example once`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const { evaluationId } = await planned(database(), { shards: SHARDS, ...plan });
        await giveTries(evaluationId);
        const run = new Run(evaluationId);
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
  expect(end).toMatchObject({ state: 'DONE', workers: 0, rowsDone: end?.rowsTotal });
  expect(end?.shardsDone).toBe(end?.shardsTotal);
  expect(end?.tasks.map(({ task, examplesDone }) => [task, examplesDone])).toEqual([
    ['clevr', 6],
    ['mmbias', 3],
  ]);
  const shards = await database().prisma.shard.findMany({ where: { evaluationId }, orderBy: { from: 'asc' } });
  expect(shards).toHaveLength(end?.shardsTotal ?? 0);
  expect(end?.tasks.map(({ task, shardsTotal }) => [task, shardsTotal])).toEqual(
    TASKS.map((task) => [task, shards.filter((shard) => shard.task === task).length]),
  );
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
    const covered = shards.filter((shard) => shard.task === task);
    expect(covered.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
      Array.from({ length: n }, (_, i) => i),
    );
    const undisturbed = sumOf(
      task,
      Array.from({ length: n }, (_, index) => trueScores(index)),
    );
    expect(end?.results.filter((result) => result.task === task)).toEqual([
      { task, sizes: [], ...undisturbed.metrics[0], complete: true },
    ]);
  }
}
