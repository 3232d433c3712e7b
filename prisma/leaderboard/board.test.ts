import { expect, test } from 'vitest';
import { boardVersion, readPresent } from '../../test/support/board.ts';
import { addToBoard, emptyBoard, plain } from '../../test/support/board-rows.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimed, completeTruly, planned, summariseTruly } from '../../test/support/evaluation.ts';

const database = testFileDatabase();
const protocols = ['cosine', 'diffusion-itm'];

test('an empty board has a version and no rows', async () => {
  await emptyBoard(database());
  expect(await readPresent(database(), { first: 10, protocols })).toEqual({
    boardVersion: await boardVersion(database()),
    total: 0,
    active: 0,
    rows: [],
    hasNextPage: false,
    endCursor: null,
    otherProtocols: [],
    ranked: [],
  });
});

test('an evaluation is active until it ends, and then has its rank with the interval', async () => {
  await emptyBoard(database());
  const { evaluationId, shardIds } = await planned(database(), { name: 'ranked', shards: { clevr: [2, 1] } });
  const queued = await readPresent(database(), { first: 10, protocols });
  expect(queued).toMatchObject({
    total: 1,
    active: 1,
    rows: [{ evaluation: { state: 'QUEUED', checkpoint: { name: 'ranked' } } }],
    ranked: [],
  });
  for (const id of shardIds) {
    const shard = await claimed(database(), evaluationId);
    expect(shard.id).toBe(id);
    await completeTruly(database(), shard);
    await summariseTruly(database(), evaluationId, 'clevr');
  }
  const done = await readPresent(database(), { first: 10, protocols });
  expect(done.active).toBe(0);
  expect(done.boardVersion).toBeGreaterThan(queued.boardVersion);
  const [value, low, high] = done.rows[0]?.results['clevr.average'] ?? [];
  expect(value).toBeTypeOf('number');
  expect(done.ranked).toEqual([{ evaluationId, value, low, high }]);
});

test('rows of another protocol stand in a list of their own, which is counted and ranked by itself', async () => {
  await emptyBoard(database());
  const adaptive = { ...plain(0.8), protocol: 'diffusion-itm-adaptive' };
  const ids = await addToBoard(database(), [plain(0.9), adaptive, plain(0.7)]);
  const list = async (names: string[]) => {
    const page = await readPresent(database(), { first: 10, protocols: names });
    return {
      rows: page.rows.map(({ evaluationId }) => evaluationId),
      total: page.total,
      others: page.otherProtocols,
      ranked: [...page.ranked].sort((a, b) => (b.value ?? 0) - (a.value ?? 0)),
    };
  };
  const rank = (i: number, value: number) => ({ evaluationId: ids[i], value, low: null, high: null });
  expect(await list(protocols)).toEqual({
    rows: [ids[0], ids[2]],
    total: 2,
    others: ['diffusion-itm-adaptive'],
    ranked: [rank(0, 0.9), rank(2, 0.7)],
  });
  expect(await list(['diffusion-itm-adaptive'])).toEqual({
    rows: [ids[1]],
    total: 1,
    others: ['cosine'],
    ranked: [rank(1, 0.8)],
  });
});
