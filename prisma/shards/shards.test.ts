import { expect, test } from 'vitest';
import { readPresent } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { each } from '../../test/support/each.ts';
import {
  anySha256,
  claimNext,
  completeTruly,
  endPauses,
  expireLeases,
  planned,
  summariseTruly,
  sumOf,
  trueScores,
} from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { shardRecords } from '../../test/support/shard-records.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { newId } from '../id.ts';
import type { BoardPage } from '../leaderboard.ts';
import { MAX_ATTEMPTS, MAX_KILLS } from '../lease.ts';
import { readArtifacts } from '../scores.ts';
import { fail, heartbeat, release, sweep } from '../work.ts';

const database = testFileDatabase();

const { held, workRow, summariesOf } = shardRecords(database);

async function scoreCount(evaluationId: string): Promise<number> {
  const { rows } = await database().pool.query(
    'SELECT count(*)::int AS n FROM "ExampleScore" WHERE "evaluationId" = $1',
    [evaluationId],
  );
  return rows[0].n;
}

const failure = { error: 'The session ended.', fault: 'SERVICE', remedy: 'Try again.', permanent: false } as const;

test('of many that claim at once each gets another shard, with all that scoring needs', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claimNext(database(), evaluationId, `w${i}`)));
  const won = claims.filter((one) => one !== null);
  expect(won.map(({ id }) => id).sort()).toEqual([...shardIds].sort());
  const second = won.find(({ id }) => id === shardIds[1]);
  expect(second).toMatchObject({
    evaluationId,
    task: 'clevr',
    from: 3,
    to: 5,
    attempts: 1,
    dataVersion: 'test',
    protocol: 'cosine',
    samples: 25,
  });
  expect(second?.files.map(({ path, size }) => [path, size])).toEqual([
    ['config.json', 100],
    ['unet/model.onnx', 200],
  ]);
  expect(second?.report).toEqual(reportFor('cosine'));
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'SCORING', workers: 3 });
});

test('heartbeats keep the lease and show progress; after the lease went to another they are fenced', async () => {
  const { evaluationId } = await planned(database());
  const first = await held(evaluationId);
  expect(await heartbeat(database(), first, { done: 2 })).toBe('ok');
  const seen = await readEvaluation(database(), evaluationId);
  expect(seen?.tasks.map(({ task, examplesDone }) => [task, examplesDone])).toEqual([
    ['clevr', 2],
    ['mmbias', 0],
  ]);
  expect(seen).toMatchObject({ rowsDone: 20, rowsTotal: 70 });
  await expireLeases(database(), evaluationId);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await heartbeat(database(), first, { done: 3 })).toBe('fenced');
  const second = await held(evaluationId, 'b');
  expect(second.token).not.toBe(first.token);
  expect(await heartbeat(database(), first, { done: 3 })).toBe('fenced');
  expect(await heartbeat(database(), second, { done: 1 })).toBe('ok');
});

test('an expired lease that nobody took over is renewed by a heartbeat, and then the sweep leaves it', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  await expireLeases(database(), evaluationId);
  expect(await heartbeat(database(), shard, { done: 1 })).toBe('ok');
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
  expect(await completeTruly(database(), shard)).toBe('done');
});

test('completing with an old token writes nothing', async () => {
  const { evaluationId } = await planned(database());
  const first = await held(evaluationId);
  await expireLeases(database(), evaluationId);
  await sweep(database());
  const before = await readPresent(database(), { first: 1, protocols: ['cosine', 'diffusion-itm'] });
  expect(await completeTruly(database(), first)).toBe('fenced');
  const second = await held(evaluationId, 'b');
  expect(await completeTruly(database(), first)).toBe('fenced');
  expect(await scoreCount(evaluationId)).toBe(0);
  expect((await readEvaluation(database(), evaluationId))?.results).toEqual([]);
  expect((await readPresent(database(), { first: 1, protocols: ['cosine', 'diffusion-itm'] })).boardVersion).toBe(
    before.boardVersion,
  );
  expect(await completeTruly(database(), second)).toBe('done');
  expect(await scoreCount(evaluationId)).toBe(3);
});

test('completing twice changes nothing the second time', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  expect(await Promise.all([completeTruly(database(), shard), completeTruly(database(), shard)])).toEqual(
    expect.arrayContaining(['done', 'fenced']),
  );
  const after = await readEvaluation(database(), evaluationId);
  expect(await completeTruly(database(), shard)).toBe('fenced');
  expect(await readEvaluation(database(), evaluationId)).toEqual(after);
  expect(after).toMatchObject({ shardsDone: 1, shardsTotal: 3 });
});

test('completing writes scores and counters; results come with the summary, and the last of all makes it DONE with its rank', async () => {
  const { evaluationId } = await planned(database());
  const shards = [await held(evaluationId), await held(evaluationId), await held(evaluationId)] as const;
  const [early, late, bias] = shards;
  await completeTruly(database(), late);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'SCORING',
    shardsDone: 1,
    results: [],
  });
  expect(await summariesOf(evaluationId)).toEqual(['clevr']);
  expect(await summariseTruly(database(), evaluationId, 'clevr')).toEqual({ complete: false });
  const partial = sumOf('clevr', [3, 4].map(trueScores)).metrics[0];
  const seen = await readEvaluation(database(), evaluationId);
  expect(seen).toMatchObject({ state: 'SCORING', shardsDone: 1, finishedAt: null });
  expect(seen?.results).toEqual([{ task: 'clevr', sizes: [], ...partial, complete: false }]);
  const rankOf = ({ ranked }: BoardPage) => ranked.find((row) => row.evaluationId === evaluationId)?.value;
  const meanwhile = await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] });
  expect(rankOf(meanwhile)).toBeUndefined();
  expect(meanwhile.rows.find((row) => row.evaluationId === evaluationId)).toMatchObject({
    results: { 'clevr.average': [partial?.value, partial?.low, partial?.high, 2, false] },
  });
  await Promise.all([completeTruly(database(), early), completeTruly(database(), bias)]);
  // all is scored, and not all is summarised
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'SCORING', shardsDone: 3, workers: 0 });
  expect(await summariesOf(evaluationId)).toEqual(['clevr', 'mmbias']);
  await Promise.all(['clevr', 'mmbias'].map((task) => summariseTruly(database(), evaluationId, task)));
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
  const afterwards = await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] });
  expect(rankOf(afterwards)).toBe(whole?.value);
  expect(afterwards.rows.find((row) => row.evaluationId === evaluationId)).toMatchObject({
    evaluation: { state: 'DONE' },
  });
});

test('scores come back to the bit, and metrics that are undefined as null', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1] } });
  const shard = await held(evaluationId);
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
  await completeTruly(database(), shard, { scores });
  await summariseTruly(database(), evaluationId, 'clevr', (all) => {
    read = all;
    const undefinedMetric = { metric: 'average', value: Number.NaN, low: null, high: null, chance: null, n: 1 };
    return { task: 'clevr', n: 1, ties: null, metrics: [undefinedMetric] };
  });
  expect(read).toEqual(scores.map((one) => ({ ...one, scores: one.scores.map((row) => row.map((x) => x + 0)) })));
  expect((await readEvaluation(database(), evaluationId))?.results[0]?.value).toBeNull();
});

test.each([
  ['too few', [trueScores(0)]],
  ['one twice', [trueScores(0), trueScores(1), trueScores(1)]],
  ['no numbers', [0, 1, 2].map((index) => ({ ...trueScores(index), scores: [[Number.NaN]] }))],
])('scores that are %s are refused and nothing is written', async (_, scores) => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  await expect(completeTruly(database(), shard, { scores })).rejects.toThrow();
  expect(await scoreCount(evaluationId)).toBe(0);
  expect(await workRow(shard.id)).toMatchObject({ state: 'RUNNING', leaseToken: shard.token });
});

test('a failed shard is tried again later, and after the last try the evaluation fails and its other shards are cancelled', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const other = await held(evaluationId, 'b');
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
    const shard = await held(evaluationId);
    expect(shard).toMatchObject({ id: shardIds[1], attempts: attempt });
    expect(await fail(database(), shard, failure)).toBe('retry');
    expect(await fail(database(), shard, failure)).toBe('fenced');
    // not at once: the next one is another
    const next = await held(evaluationId);
    expect(next.id).toBe(shardIds[2]);
    expect(await release(database(), next)).toBe(true);
    await endPauses(database(), evaluationId);
  }
  const shard = await held(evaluationId);
  expect(await fail(database(), shard, failure)).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'FAILED',
    reason: failure.error,
    remedy: failure.remedy,
  });
  expect(await heartbeat(database(), other, { done: 1 })).toBe('cancelled');
  expect(await completeTruly(database(), other)).toBe('fenced');
  expect(await claimNext(database(), evaluationId)).toBeNull();
  expect(
    (await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).not.toContain(evaluationId);
});

test('a process that is ended from outside costs no attempt, and not without end', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1] } });
  for (let kill = 1; kill <= MAX_KILLS; kill += 1) {
    await endPauses(database(), evaluationId);
    const shard = await held(evaluationId);
    expect(shard.attempts).toBe(1);
    expect(await fail(database(), shard, { ...failure, killed: true })).toBe(kill < MAX_KILLS ? 'retry' : 'failed');
  }
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE' });
});

test('a permanent failure ends the evaluation at the first try', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  const permanent = { ...failure, fault: 'SUBMITTER', permanent: true } as const;
  expect(await fail(database(), shard, permanent)).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SUBMITTER' });
});

test('shards that fail for good at the same moment wait for each other, and the first reason stands', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shards = await Promise.all(shardIds.map(() => held(evaluationId)));
  const outcomes = await Promise.all(
    shards.map((shard, i) => fail(database(), shard, { ...failure, error: `fault ${i}`, permanent: true })),
  );
  expect(outcomes.toSorted()).toEqual(['failed', 'fenced', 'fenced']);
  expect((await readEvaluation(database(), evaluationId))?.reason).toBe(`fault ${outcomes.indexOf('failed')}`);
});

test('a shard given back at shutdown does not count as a try and is there for another at once', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  expect(await release(database(), shard)).toBe(true);
  expect(await release(database(), shard)).toBe(false);
  expect(await workRow(shard.id)).toMatchObject({ state: 'QUEUED', attempts: 0 });
  expect(await held(evaluationId, 'b')).toMatchObject({ id: shard.id, attempts: 1 });
});

test('a cancelled evaluation frees its workers and leaves queue and board', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(evaluationId);
  expect(await cancel(database(), 'anonymous', evaluationId)).toEqual({ ok: true });
  expect(await heartbeat(database(), shard, { done: 1 })).toBe('cancelled');
  expect(await completeTruly(database(), shard)).toBe('fenced');
  expect(await claimNext(database(), evaluationId)).toBeNull();
  expect(await cancel(database(), 'anonymous', evaluationId)).toEqual({ ok: false, state: 'CANCELLED' });
  expect(await summariesOf(evaluationId)).toEqual([]);
  expect(
    (await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).not.toContain(evaluationId);
  // of the shards of other tests a lease may have run out by now
  await sweep(database());
  for (const id of each(shardIds)) expect(await workRow(id)).toMatchObject({ state: 'CANCELLED' });
  expect(await summariesOf(evaluationId)).toEqual([]);
});

test('what does not exist cannot be cancelled', async () => {
  expect(await cancel(database(), 'anonymous', newId())).toBeNull();
  expect(await cancel(database(), 'anonymous', anySha256())).toBeNull();
  expect(await cancel(database(), 'anonymous', `'; DROP TABLE "Evaluation"; --`)).toBeNull();
});

test('cancelling while shards are completed and claimed ends in one of the two states, without a deadlock', async () => {
  const { evaluationId, shardIds } = await planned(database(), { shards: { clevr: [1, 1, 1], mmbias: [1, 1, 1] } });
  const shards = await Promise.all(shardIds.slice(0, 4).map(() => held(evaluationId)));
  const cancelled = cancel(database(), 'anonymous', evaluationId);
  const outcomes = await Promise.all([
    ...shards.map((shard) => completeTruly(database(), shard)),
    ...shardIds.slice(4).map(() => claimNext(database(), evaluationId, 'late')),
  ]);
  expect(await cancelled).toEqual({ ok: true });
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  const end = await readEvaluation(database(), evaluationId);
  expect(end).toMatchObject({ state: 'CANCELLED', shardsDone: done, workers: 0 });
  expect(await scoreCount(evaluationId)).toBe(done);
});

test('warnings of shards stand with the evaluation once each, and not without end', async () => {
  const { evaluationId } = await planned(database());
  const completeWith = async (warnings: string[]) => {
    const shard = await held(evaluationId);
    await completeTruly(database(), shard, { warnings });
    return (await readEvaluation(database(), evaluationId))?.warnings;
  };
  expect(await completeWith(['b', 'a', 'b'])).toEqual(['b', 'a']);
  expect(await completeWith(['a', 'c'])).toEqual(['b', 'a', 'c']);
  const many = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(5_000)}`);
  const kept = await completeWith(many);
  expect(kept).toHaveLength(20);
  expect(kept?.slice(0, 4)).toEqual(['b', 'a', 'c', many[0]?.slice(0, 500)]);
});

test('the errors of a shard are on record with its scores, and only then', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId);
  const errors = { sha256: anySha256(), bytes: 4_000_000_000 };
  expect(await completeTruly(database(), { ...shard, token: newId() }, { errors })).toBe('fenced');
  expect(await readArtifacts(database(), evaluationId)).toEqual([]);
  expect(await completeTruly(database(), shard, { errors })).toBe('done');
  const other = await held(evaluationId);
  await completeTruly(database(), other);
  expect(await readArtifacts(database(), evaluationId)).toEqual([{ task: 'clevr', from: 0, to: 3, ...errors }]);
});
