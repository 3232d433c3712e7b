import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { each } from '../../test/support/each.ts';
import { anySha256, completeTruly, expireLeases, planned, sumOf, trueScores } from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { shardRecords } from '../../test/support/shard-records.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { newId } from '../id.ts';
import { type BoardPage, readBoard } from '../leaderboard.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readArtifacts } from '../scores.ts';
import { type ClaimedShard, claim, fail, heartbeat, release } from '../shards.ts';
import { sweep } from '../sweep.ts';

const database = testFileDatabase();

const { held, shardRow, jobsOf } = shardRecords(database);

async function scoreCount(evaluationId: string): Promise<number> {
  const { rows } = await database().pool.query(
    'SELECT count(*)::int AS n FROM "ExampleScore" WHERE "evaluationId" = $1',
    [evaluationId],
  );
  return rows[0].n;
}

const failure = { error: 'The session ended.', fault: 'SERVICE', remedy: 'Try again.', permanent: false } as const;

test('of many that claim a shard at once exactly one gets it, with all that scoring needs', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(database(), shardIds[1] ?? '', `w${i}`)));
  const won = claims.filter((one) => one !== null);
  expect(won).toHaveLength(1);
  expect(won[0]).toMatchObject({
    evaluationId,
    task: 'clevr',
    from: 3,
    to: 5,
    attempts: 1,
    dataVersion: 'test',
    protocol: 'cosine',
    samples: 25,
  });
  expect(won[0]?.files.map(({ path, size }) => [path, size])).toEqual([
    ['config.json', 100],
    ['unet/model.onnx', 200],
  ]);
  expect(won[0]?.report).toEqual(reportFor('cosine'));
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'SCORING', workers: 1 });
});

test('a shard that is not there, or of a text that is no id, cannot be claimed', async () => {
  expect(await claim(database(), newId(), 'a')).toBeNull();
});

test('heartbeats keep the lease and show progress; after the lease went to another they are fenced', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const first = await held(shardIds[0]);
  expect(await heartbeat(database(), first.shardId, first.token, { examplesDone: 2 })).toBe('ok');
  const seen = await readEvaluation(database(), evaluationId);
  expect(seen?.tasks.map(({ task, examplesDone }) => [task, examplesDone])).toEqual([
    ['clevr', 2],
    ['mmbias', 0],
  ]);
  expect(seen).toMatchObject({ rowsDone: 20, rowsTotal: 70 });
  await expireLeases(database(), evaluationId);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await heartbeat(database(), first.shardId, first.token, { examplesDone: 3 })).toBe('fenced');
  const second = await held(shardIds[0], 'b');
  expect(second.token).not.toBe(first.token);
  expect(await heartbeat(database(), first.shardId, first.token, { examplesDone: 3 })).toBe('fenced');
  expect(await heartbeat(database(), second.shardId, second.token, { examplesDone: 1 })).toBe('ok');
});

test('an expired lease that nobody took over is renewed by a heartbeat, and then the sweep leaves it', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  await expireLeases(database(), evaluationId);
  expect(await heartbeat(database(), shard.shardId, shard.token, { examplesDone: 1 })).toBe('ok');
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
  expect(await completeTruly(database(), shard)).toBe('done');
});

test('completing with an old token writes nothing', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const first = await held(shardIds[0]);
  await expireLeases(database(), evaluationId);
  await sweep(database());
  const before = await readBoard(database(), { first: 1, protocols: ['cosine', 'diffusion-itm'] });
  expect(await completeTruly(database(), first)).toBe('fenced');
  const second = await held(shardIds[0], 'b');
  expect(await completeTruly(database(), first)).toBe('fenced');
  expect(await scoreCount(evaluationId)).toBe(0);
  expect((await readEvaluation(database(), evaluationId))?.results).toEqual([]);
  expect((await readBoard(database(), { first: 1, protocols: ['cosine', 'diffusion-itm'] })).boardVersion).toBe(
    before.boardVersion,
  );
  expect(await completeTruly(database(), second)).toBe('done');
  expect(await scoreCount(evaluationId)).toBe(3);
});

test('completing twice changes nothing the second time', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  expect(await Promise.all([completeTruly(database(), shard), completeTruly(database(), shard)])).toEqual(
    expect.arrayContaining(['done', 'fenced']),
  );
  const after = await readEvaluation(database(), evaluationId);
  expect(await completeTruly(database(), shard)).toBe('fenced');
  expect(await readEvaluation(database(), evaluationId)).toEqual(after);
  expect(after).toMatchObject({ shardsDone: 1, shardsTotal: 3 });
});

test('results are partial until the last shard of the task, final afterwards, and the last of all ranks the row', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shards = await Promise.all(shardIds.map((id) => held(id)));
  const [early, late, bias] = shards as [ClaimedShard, ClaimedShard, ClaimedShard];
  await completeTruly(database(), late);
  const partial = sumOf('clevr', [3, 4].map(trueScores)).metrics[0];
  const seen = await readEvaluation(database(), evaluationId);
  expect(seen).toMatchObject({ state: 'SCORING', shardsDone: 1, finishedAt: null });
  expect(seen?.results).toEqual([{ task: 'clevr', sizes: [], ...partial, complete: false }]);
  const rankOf = ({ ranked }: BoardPage) => ranked.find((row) => row.evaluationId === evaluationId)?.value;
  const meanwhile = await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] });
  expect(rankOf(meanwhile)).toBeUndefined();
  expect(meanwhile.rows.find((row) => row.evaluationId === evaluationId)).toMatchObject({
    results: { 'clevr.average': [partial?.value, partial?.low, partial?.high, 2, false] },
  });
  await Promise.all([completeTruly(database(), early), completeTruly(database(), bias)]);
  const whole = sumOf('clevr', [0, 1, 2, 3, 4].map(trueScores)).metrics[0];
  const end = await readEvaluation(database(), evaluationId);
  expect(end).toMatchObject({
    state: 'DONE',
    shardsDone: 3,
    workers: 0,
    rowsDone: 70,
    rowsTotal: 70,
    rowsPerSecond: null,
  });
  expect(end?.finishedAt).toBeInstanceOf(Date);
  expect(end?.tasks.map(({ examplesDone, shardsDone, ties }) => [examplesDone, shardsDone, ties])).toEqual([
    [5, 2, 0],
    [2, 1, 0],
  ]);
  expect(end?.results[0]).toEqual({ task: 'clevr', sizes: [], ...whole, complete: true });
  const afterwards = await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] });
  expect(rankOf(afterwards)).toBe(whole?.value);
  expect(afterwards.rows.find((row) => row.evaluationId === evaluationId)).toMatchObject({
    evaluation: { state: 'DONE' },
  });
});

test('scores come back to the bit, and metrics that are undefined as null', async () => {
  const { shardIds } = await planned(database(), { shards: { clevr: [1] } });
  const shard = await held(shardIds[0]);
  const scores = [
    {
      index: 0,
      example: 'é "quoted"',
      scores: [
        [0.1 + 0.2, Number.MIN_VALUE, -0],
        [1e308, 2 ** -1074 * 3, 1 / 3],
      ],
    },
  ];
  let read: unknown;
  await completeTruly(database(), shard, {
    scores,
    summarise(all) {
      read = all;
      const undefinedMetric = { metric: 'average', value: Number.NaN, low: null, high: null, chance: null, n: 1 };
      return { task: 'clevr', n: 1, ties: null, metrics: [undefinedMetric] };
    },
  });
  expect(read).toEqual(scores.map((one) => ({ ...one, scores: one.scores.map((row) => row.map((x) => x + 0)) })));
  expect((await readEvaluation(database(), shard.evaluationId))?.results[0]?.value).toBeNull();
});

test.each([
  ['too few', [trueScores(0)]],
  ['one twice', [trueScores(0), trueScores(1), trueScores(1)]],
  ['no numbers', [0, 1, 2].map((index) => ({ ...trueScores(index), scores: [[Number.NaN]] }))],
])('scores that are %s are refused and nothing is written', async (_, scores) => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  await expect(completeTruly(database(), shard, { scores })).rejects.toThrow();
  expect(await scoreCount(evaluationId)).toBe(0);
  expect(await shardRow(shard.shardId)).toMatchObject({ state: 'RUNNING', leaseToken: shard.token });
});

test('a summary that throws leaves the shard as it was', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  const summariseBadly = () => Promise.reject(new Error('bad data'));
  await expect(completeTruly(database(), shard, { summarise: summariseBadly })).rejects.toThrow('bad data');
  expect(await scoreCount(evaluationId)).toBe(0);
  expect(await completeTruly(database(), shard)).toBe('done');
});

test('a failed shard is tried again later, and after the last try the evaluation fails and its other shards are cancelled', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const other = await held(shardIds[2], 'b');
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
    const shard = await held(shardIds[0]);
    expect(await fail(database(), shard.shardId, shard.token, failure)).toBe('retry');
    expect(await fail(database(), shard.shardId, shard.token, failure)).toBe('fenced');
    expect(await jobsOf(shard.shardId)).toMatchObject([{ waits: true }]);
  }
  const shard = await held(shardIds[0]);
  expect(await fail(database(), shard.shardId, shard.token, failure)).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'FAILED',
    reason: failure.error,
    remedy: failure.remedy,
  });
  expect(await heartbeat(database(), other.shardId, other.token, { examplesDone: 1 })).toBe('cancelled');
  expect(await completeTruly(database(), other)).toBe('fenced');
  expect(await jobsOf(shardIds[1] ?? '')).toEqual([]);
  expect(
    (await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).not.toContain(evaluationId);
});

test('a permanent failure ends the evaluation at the first try', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  const permanent = { ...failure, fault: 'SUBMITTER', permanent: true } as const;
  expect(await fail(database(), shard.shardId, shard.token, permanent)).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SUBMITTER' });
});

test('shards that fail for good at the same moment wait for each other, and the first reason stands', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shards = await Promise.all(shardIds.map((id) => held(id)));
  const outcomes = await Promise.all(
    shards.map((shard, i) =>
      fail(database(), shard.shardId, shard.token, { ...failure, error: `fault ${i}`, permanent: true }),
    ),
  );
  expect(outcomes.toSorted()).toEqual(['failed', 'fenced', 'fenced']);
  expect((await readEvaluation(database(), evaluationId))?.reason).toBe(`fault ${outcomes.indexOf('failed')}`);
});

test('a shard given back at shutdown does not count as a try and is there for another at once', async () => {
  const { shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  expect(await release(database(), shard.shardId, shard.token)).toBe(true);
  expect(await release(database(), shard.shardId, shard.token)).toBe(false);
  expect(await shardRow(shard.shardId)).toMatchObject({ state: 'QUEUED', attempts: 0 });
  expect(await jobsOf(shard.shardId)).toMatchObject([{ waits: true }]);
  expect(await held(shard.shardId, 'b')).toMatchObject({ attempts: 1 });
});

test('a cancelled evaluation frees its workers and leaves queue and board', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  expect(await cancel(database(), 'anonymous', evaluationId)).toEqual({ ok: true });
  expect(await heartbeat(database(), shard.shardId, shard.token, { examplesDone: 1 })).toBe('cancelled');
  expect(await completeTruly(database(), shard)).toBe('fenced');
  expect(await claim(database(), shardIds[1] ?? '', 'a')).toBeNull();
  expect(await cancel(database(), 'anonymous', evaluationId)).toEqual({ ok: false, state: 'CANCELLED' });
  for (const id of each(shardIds)) expect(await jobsOf(id)).toEqual([]);
  expect(
    (await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).not.toContain(evaluationId);
  // of the shards of other tests a lease may have run out by now
  await sweep(database());
  for (const id of each(shardIds)) {
    expect(await shardRow(id)).toMatchObject({ state: 'CANCELLED' });
    expect(await jobsOf(id)).toEqual([]);
  }
});

test('what does not exist cannot be cancelled', async () => {
  expect(await cancel(database(), 'anonymous', newId())).toBeNull();
  expect(await cancel(database(), 'anonymous', anySha256())).toBeNull();
  expect(await cancel(database(), 'anonymous', `'; DROP TABLE "Evaluation"; --`)).toBeNull();
});

test('cancelling while shards are completed and claimed ends in one of the two states, without a deadlock', async () => {
  const { evaluationId, shardIds } = await planned(database(), { shards: { clevr: [1, 1, 1], mmbias: [1, 1, 1] } });
  const shards = await Promise.all(shardIds.slice(0, 4).map((id) => held(id)));
  const cancelled = cancel(database(), 'anonymous', evaluationId);
  const outcomes = await Promise.all([
    ...shards.map((shard) => completeTruly(database(), shard)),
    ...shardIds.slice(4).map((id) => claim(database(), id, 'late')),
  ]);
  expect(await cancelled).toEqual({ ok: true });
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  const end = await readEvaluation(database(), evaluationId);
  expect(end).toMatchObject({ state: 'CANCELLED', shardsDone: done, workers: 0 });
  expect(await scoreCount(evaluationId)).toBe(done);
});

test('warnings of shards stand with the evaluation once each, and not without end', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const completeWith = async (shardId: string | undefined, warnings: string[]) => {
    const shard = await held(shardId);
    await completeTruly(database(), shard, { warnings });
    return (await readEvaluation(database(), evaluationId))?.warnings;
  };
  expect(await completeWith(shardIds[0], ['b', 'a', 'b'])).toEqual(['b', 'a']);
  expect(await completeWith(shardIds[1], ['a', 'c'])).toEqual(['b', 'a', 'c']);
  const many = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(5_000)}`);
  const kept = await completeWith(shardIds[2], many);
  expect(kept).toHaveLength(20);
  expect(kept?.slice(0, 4)).toEqual(['b', 'a', 'c', many[0]?.slice(0, 500)]);
});

test('the errors of a shard are on record with its scores, and only then', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0]);
  const errors = { sha256: anySha256(), bytes: 4_000_000_000 };
  expect(await completeTruly(database(), { ...shard, token: newId() }, { errors })).toBe('fenced');
  expect(await readArtifacts(database(), evaluationId)).toEqual([]);
  expect(await completeTruly(database(), shard, { errors })).toBe('done');
  const other = await held(shardIds[1]);
  await completeTruly(database(), other);
  expect(await readArtifacts(database(), evaluationId)).toEqual([{ task: 'clevr', from: 0, to: 3, ...errors }]);
});
