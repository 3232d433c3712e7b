import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { completeTruly, expireLeases, planned } from '../../test/support/evaluation.ts';
import { shardRecords } from '../../test/support/shard-records.ts';
import { readEvaluation } from '../evaluations.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readLog } from '../log.ts';
import { claim, heartbeat } from '../shards.ts';
import { sweep } from '../sweep.ts';

const database = testFileDatabase();
const { held, shardRow, jobsOf } = shardRecords(database);

test('the sweep puts a lost shard back with a new job, counts it and says so in the log, however many sweep at once', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const shard = await held(shardIds[0], 'worker-7');
  // the dead worker holds the job too
  await database().pool.query(
    `UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'worker-7', attempts = 1 WHERE key = $1`,
    [shard.shardId],
  );
  await expireLeases(database(), evaluationId);
  const swept = await Promise.all([sweep(database()), sweep(database()), sweep(database())]);
  expect(swept.reduce((sum, { requeued }) => sum + requeued, 0)).toBe(1);
  expect(await shardRow(shard.shardId)).toEqual({ state: 'QUEUED', attempts: 1, leaseToken: null, examplesDone: 0 });
  expect(await jobsOf(shard.shardId)).toEqual([{ waits: true, payload: { shardId: shard.shardId } }]);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ retriedShards: 1, state: 'SCORING' });
  const log = await readLog(database(), evaluationId, 10);
  expect(log.map(({ message }) => message)).toEqual([expect.stringContaining('worker-7')]);
});

test('the sweep leaves the shards of healthy workers alone beside a lost one', async () => {
  const { evaluationId, shardIds } = await planned(database());
  const lost = await held(shardIds[0], 'dead');
  const healthy = await held(shardIds[1], 'healthy');
  await expireLeases(database(), evaluationId);
  expect(await heartbeat(database(), healthy.shardId, healthy.token, { examplesDone: 1 })).toBe('ok');
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await shardRow(lost.shardId)).toMatchObject({ state: 'QUEUED' });
  expect(await completeTruly(database(), healthy)).toBe('done');
});

test('the sweep gives a job to a waiting shard that has none, and to one whose job died with its worker', async () => {
  const { shardIds } = await planned(database());
  const [gone, dead, healthy] = shardIds as [string, string, string];
  await database().pool.query('SELECT graphile_worker.remove_job($1)', [gone]);
  await database().pool.query(
    `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = 'x', attempts = 1 WHERE key = $1`,
    [dead],
  );
  expect(await sweep(database())).toEqual({ requeued: 2, failed: 0 });
  for (const id of [gone, dead, healthy]) expect(await jobsOf(id)).toMatchObject([{ waits: true }]);
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
});

test('a shard that is lost with its worker too often fails the evaluation with the reason', async () => {
  const { evaluationId, shardIds } = await planned(database());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    expect(await held(shardIds[0])).toMatchObject({ attempts: attempt });
    await expireLeases(database(), evaluationId);
    expect(await sweep(database())).toEqual(
      attempt < MAX_ATTEMPTS ? { requeued: 1, failed: 0 } : { requeued: 0, failed: 1 },
    );
  }
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'FAILED',
    fault: 'SERVICE',
    reason: expect.stringContaining('lost with its worker 3 times'),
    retriedShards: MAX_ATTEMPTS - 1,
  });
  expect(await claim(database(), shardIds[1] ?? '', 'a')).toBeNull();
});
