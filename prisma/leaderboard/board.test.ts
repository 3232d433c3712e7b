import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { completeTruly, planned } from '../../test/support/evaluation.ts';
import { boardVersion, InvalidCursorError, readBoard, readRanked } from '../leaderboard.ts';
import { claim } from '../shards.ts';

const database = testFileDatabase();
const protocols = ['cosine', 'diffusion-itm'];

/** Few values, so that ties are common; null: not finished. */
const RankValue = fc.option(fc.constantFrom(0, 0.5, 0.1 + 0.2, 1, -1, Number.MIN_VALUE), { nil: null });

async function fillBoard(values: readonly (number | null)[]): Promise<void> {
  const sql = database().pool;
  await sql.query('DELETE FROM "Checkpoint"');
  await sql.query(
    `WITH c AS (
       INSERT INTO "Checkpoint" (id, name, sha256, bytes) SELECT gen_random_uuid(), 'c' || n, repeat('0', 64), n
       FROM generate_series(1, $1::int) n RETURNING id),
     s AS (INSERT INTO "Submission" (id, "checkpointId") SELECT gen_random_uuid(), id FROM c RETURNING id, "checkpointId"),
     e AS (
       INSERT INTO "Evaluation" (id, "submissionId", "checkpointId", samples, seed, state)
       SELECT gen_random_uuid(), id, "checkpointId", 1, 0, 'DONE' FROM s RETURNING id),
     numbered AS (SELECT id, row_number() OVER () AS n FROM e)
     INSERT INTO "LeaderboardRow" ("evaluationId", "rankValue", protocol) SELECT id, ($2::float8[])[n], 'cosine' FROM numbered`,
    [values.length, values],
  );
}

/** The order of the board, written down a second time and in another language. */
function inBoardOrder(rows: readonly { evaluationId: string; rankValue: number | null }[]): string[] {
  return [...rows]
    .sort((a, b) => {
      if (a.rankValue !== b.rankValue) {
        if (a.rankValue === null) return 1;
        if (b.rankValue === null) return -1;
        return b.rankValue - a.rankValue;
      }
      return a.evaluationId < b.evaluationId ? -1 : 1;
    })
    .map((row) => row.evaluationId);
}

test('pages of any size, one after the other, are the whole board in its order, with ties and unfinished rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(RankValue, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (values, first) => {
      await fillBoard(values);
      const { rows } = await database().pool.query('SELECT "evaluationId", "rankValue" FROM "LeaderboardRow"');
      const walked: string[] = [];
      let after: string | null = null;
      for (let pages = 0; pages <= values.length; pages += 1) {
        const page = await readBoard(database(), { first, after, protocols });
        walked.push(...page.rows.map((row) => row.evaluationId));
        expect(page.total).toBe(values.length);
        expect(page.hasNextPage).toBe(walked.length < values.length);
        expect(page.endCursor).toBe(page.rows.at(-1)?.cursor ?? null);
        if (!page.hasNextPage) break;
        after = page.endCursor;
      }
      expect(walked).toEqual(inBoardOrder(rows));
    }),
    { numRuns: 60 },
  );
});

test.each([
  '',
  'x',
  'W10',
  Buffer.from('[1,"x"]').toString('base64url'),
  Buffer.from('["1","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
])('the text %j is no cursor', async (text) => {
  if (text === '')
    expect((await readBoard(database(), { first: 1, after: text, protocols })).total).toBeTypeOf('number');
  else
    await expect(readBoard(database(), { first: 1, after: text, protocols })).rejects.toBeInstanceOf(
      InvalidCursorError,
    );
});

test('the board reads by its index', async () => {
  await fillBoard(Array.from({ length: 400 }, (_, i) => (i % 7 === 0 ? null : i / 400)));
  const client = await database().pool.connect();
  try {
    await client.query('ANALYZE; SET enable_seqscan = off; SET enable_sort = off');
    const { rows } = await client.query(
      'EXPLAIN SELECT "evaluationId" FROM "LeaderboardRow" ORDER BY "rankValue" DESC NULLS LAST, "evaluationId" LIMIT 10',
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('LeaderboardRow_rankValue_evaluationId_idx');
    expect(plan).not.toContain('Sort');
  } finally {
    client.release(true);
  }
});

test('an empty board has a version and no rows', async () => {
  await fillBoard([]);
  expect(await readBoard(database(), { first: 10, protocols })).toEqual({
    boardVersion: await boardVersion(database()),
    total: 0,
    active: 0,
    rows: [],
    hasNextPage: false,
    endCursor: null,
    otherProtocols: [],
  });
});

test('an evaluation is active until it ends, and then has its rank with the interval', async () => {
  await fillBoard([]);
  const { evaluationId, shardIds } = await planned(database(), { name: 'ranked', shards: { clevr: [2, 1] } });
  const queued = await readBoard(database(), { first: 10, protocols });
  expect(queued).toMatchObject({
    total: 1,
    active: 1,
    rows: [{ rankValue: null, checkpoint: { name: 'ranked' }, evaluation: { state: 'QUEUED' } }],
  });
  expect(await readRanked(database(), protocols)).toEqual([]);
  for (const id of shardIds) {
    const shard = await claim(database(), id, 'w');
    if (shard) await completeTruly(database(), shard);
  }
  const done = await readBoard(database(), { first: 10, protocols });
  expect(done.active).toBe(0);
  expect(done.boardVersion).toBeGreaterThan(queued.boardVersion);
  const [value, low, high] = done.rows[0]?.results['clevr.average'] ?? [];
  expect(value).toBeTypeOf('number');
  expect(await readRanked(database(), protocols)).toEqual([{ evaluationId, value, low, high }]);
});

test('rows of another protocol stand in a list of their own, which is counted and ranked by itself', async () => {
  await fillBoard([0.9, 0.8, 0.7]);
  const { rows } = await database().pool.query<{ id: string }>(
    `UPDATE "LeaderboardRow" SET protocol = 'diffusion-itm-adaptive' WHERE "rankValue" = 0.8 RETURNING "evaluationId" AS id`,
  );
  const values = async (names: string[]) => {
    const page = await readBoard(database(), { first: 10, protocols: names });
    return { values: page.rows.map(({ rankValue }) => rankValue), total: page.total, others: page.otherProtocols };
  };
  expect(await values(protocols)).toEqual({ values: [0.9, 0.7], total: 2, others: ['diffusion-itm-adaptive'] });
  expect(await values(['diffusion-itm-adaptive'])).toEqual({ values: [0.8], total: 1, others: ['cosine'] });
  expect(await readRanked(database(), protocols)).toHaveLength(2);
  expect(await readRanked(database(), ['diffusion-itm-adaptive'])).toEqual([
    { evaluationId: rows[0]?.id, value: 0.8, low: null, high: null },
  ]);
});
