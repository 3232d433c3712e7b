import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BOARD_ID } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimed, completeTruly, planned, submitStored } from '../../test/support/evaluation.ts';
import { measureBoard } from '../boards.ts';
import { readEvaluation } from '../evaluations.ts';
import { claim, sweep } from '../work.ts';

const database = testFileDatabase();
const CHECKPOINTS = ['a', 'b', 'c'] as const;
const SUBMITTERS = ['ada', 'bob', 'cleo'] as const;

/** Work that waits or runs, as plain values; few of each, so that ties are common. */
const Item = fc.record({
  kind: fc.constantFrom('INSPECT', 'SCORE', 'SCORE'),
  state: fc.constantFrom('QUEUED', 'QUEUED', 'RUNNING', 'DONE'),
  priority: fc.constantFrom(0, 5, 10),
  /** Of three evaluations, each of a checkpoint of its own. */
  of: fc.nat(2),
  submitter: fc.constantFrom(...SUBMITTERS),
  position: fc.nat(3),
  age: fc.nat(2),
  isAvailable: fc.boolean(),
});
const Claim = fc.record({
  items: fc.array(Item, { minLength: 1, maxLength: 12 }),
  kinds: fc.constantFrom(['INSPECT'] as const, ['SCORE'] as const, ['INSPECT', 'SCORE'] as const),
  loaded: fc.option(fc.nat(2), { nil: null }),
  onDisk: fc.subarray([0, 1, 2]),
});

/** The order of claims, written down a second time and in another language: indexes of what may be taken, best first. */
function inOrder({ items, kinds, loaded, onDisk }: typeof Claim extends fc.Arbitrary<infer T> ? T : never): number[] {
  const busy = (submitter: string) =>
    items.filter((item) => item.state === 'RUNNING' && item.submitter === submitter).length;
  const keys = ({ priority, of, submitter, age, position }: (typeof items)[number]) => [
    ...[priority, of === loaded ? 0 : 1, onDisk.includes(of) ? 0 : 1, busy(submitter), age, of, position],
  ];
  const fits = (item: (typeof items)[number]) =>
    item.state === 'QUEUED' && item.isAvailable && (kinds as readonly string[]).includes(item.kind);
  return items
    .map((item, i) => ({ i, item, key: keys(item) }))
    .filter(({ item }) => fits(item))
    .sort((a, b) => a.key.map((value, k) => value - b.key[k]!).find((difference) => difference !== 0) ?? 0)
    .map(({ i }) => i);
}

test('a claim takes by priority, what is loaded, what lies on the disk, whose work runs least, and age', async () => {
  await fc.assert(
    fc.asyncProperty(Claim, async (asked) => {
      const { ids, evaluations, sha256s } = await fill(asked.items);
      const taken = await claim(database(), {
        worker: 'w',
        kinds: asked.kinds,
        loaded: asked.loaded === null ? null : evaluations[asked.loaded]!,
        onDisk: asked.onDisk.map((n) => sha256s[n]!),
      });
      const best = inOrder(asked)[0];
      if (best === undefined) {
        expect(taken).toBeNull();
        return;
      }
      const same = asked.items.flatMap((item, i) =>
        JSON.stringify(item) === JSON.stringify(asked.items[best]) ? [ids[i]] : [],
      );
      expect(same).toContain(taken?.id);
    }),
    { numRuns: 60 },
  );
});

/** An empty database but for these items. */
async function fill(items: readonly (typeof Item extends fc.Arbitrary<infer T> ? T : never)[]) {
  const db = database();
  await db.sql.deleteFrom('Checkpoint').execute();
  const measurementId = await measureBoard(db, BOARD_ID, 'test');
  const uuid = (group: number, n: number) => `00000000-0000-4000-800${group}-${`${n}`.padStart(12, '0')}`;
  const evaluations = CHECKPOINTS.map((_, n) => uuid(1, n));
  const sha256s = CHECKPOINTS.map((name) => name.repeat(64));
  await db.sql
    .insertInto('Checkpoint')
    .values(CHECKPOINTS.map((_, n) => ({ id: uuid(2, n), sha256: sha256s[n]!, bytes: '1' })))
    .execute();
  await db.sql
    .insertInto('Submission')
    .values(
      CHECKPOINTS.map((name, n) => ({
        id: uuid(3, n),
        checkpointId: uuid(2, n),
        boardId: BOARD_ID,
        name,
        submitter: 'ada',
      })),
    )
    .execute();
  await db.sql
    .insertInto('Evaluation')
    .values(
      evaluations.map((id, n) => ({
        ...{ id, submissionId: uuid(3, n), checkpointId: uuid(2, n), state: 'SCORING' as const },
        ...{ measurementId, protocol: 'cosine' },
      })),
    )
    .execute();
  const tasks = items.map((_, i) => ({ task: `t${i}`, position: i, dataVersion: 'v', examples: 1, shardsTotal: 1 }));
  await db.sql
    .insertInto('EvaluationTask')
    .values(tasks.map((task, i) => ({ ...task, evaluationId: evaluations[items[i]!.of]! })))
    .execute();
  const ids = items.map((_, i) => uuid(4, i));
  await db.sql
    .insertInto('Work')
    .values(
      items.map(({ kind, state, priority, of, submitter, position, age, isAvailable }, i) => ({
        ...{ id: ids[i]!, kind, state, priority, position, submitter },
        ...{ evaluationId: evaluations[of]!, checkpointId: uuid(2, of) },
        createdAt: new Date(1_700_000_000_000 + age * 1_000),
        availableAt: new Date(isAvailable ? 0 : '2999-01-01'),
      })),
    )
    .execute();
  const shards = items.map(({ of }, i) => ({ workId: ids[i]!, evaluationId: evaluations[of]!, task: `t${i}` }));
  await db.sql
    .insertInto('Shard')
    .values(shards.map((shard) => ({ ...shard, from: 0, to: 1, cost: 1 })))
    .execute();
  return { ids, evaluations, sha256s };
}

test('a claim cuts off what serves the speed, and leaves the rest to others, also to those who waited for it', async () => {
  await database().sql.deleteFrom('Checkpoint').execute();
  const { evaluationId } = await planned(database(), { shards: { clevr: [100] }, rows: 25, uncut: true });
  const ranges = async (n: number) => {
    const shards = await Promise.all(Array.from({ length: n }, (_, i) => claimed(database(), evaluationId, `w${i}`)));
    return shards.sort((a, b) => a.from - b.from);
  };
  // no speed is known: 50 rows each, though all claim the one piece that is there at the same moment
  const first = await ranges(4);
  expect(first.map(({ from, to }) => [from, to])).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
  ]);
  const counted = async () => {
    const evaluation = await readEvaluation(database(), evaluationId);
    return [evaluation?.shardsTotal, ...(evaluation?.tasks ?? []).map(({ shardsTotal }) => shardsTotal)];
  };
  // what was cut off counts once it is done: a claim touches no row that completions wait for
  expect(await counted()).toEqual([1, 1]);
  // 50 rows in 2 s: the next one is of 4 s
  await completeTruly(database(), first[0]!, { seconds: 2 });
  expect(await counted()).toEqual([2, 2]);
  const [next] = await ranges(1);
  expect([next?.from, next?.to]).toEqual([8, 12]);
  // 100 rows in 1 s, and no shard is shorter than one before
  await completeTruly(database(), next!, { seconds: 1 });
  const [fast] = await ranges(1);
  expect([fast?.from, fast?.to]).toEqual([12, 28]);
});

test('what was begun before keeps its range', async () => {
  await database().sql.deleteFrom('Checkpoint').execute();
  const { evaluationId } = await planned(database(), { shards: { clevr: [100] }, rows: 25, uncut: true });
  const first = await claimed(database(), evaluationId);
  await completeTruly(database(), first, { seconds: 2 });
  const lost = await claimed(database(), evaluationId, 'dead');
  await database()
    .sql.updateTable('Work')
    .set({ leaseExpiresAt: new Date(0) })
    .where('id', '=', lost.id)
    .execute();
  await sweep(database());
  await database().sql.updateTable('Evaluation').set({ rowsPerSecond: 1, shardSeconds: 1 }).execute();
  expect(await claimed(database(), evaluationId)).toMatchObject({ id: lost.id, from: lost.from, to: lost.to });
});

test('without work there is nothing to claim, and a worker is told of it at once', async () => {
  await database().sql.deleteFrom('Checkpoint').execute();
  const nobody = { worker: 'w', kinds: ['INSPECT', 'SCORE'], loaded: null, onDisk: [] } as const;
  expect(await claim(database(), nobody)).toBeNull();
  const { evaluationId } = await submitStored(database());
  expect(await claim(database(), nobody)).toMatchObject({ kind: 'INSPECT', next: { evaluationId } });
});
