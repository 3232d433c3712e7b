import { beforeEach, expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimNext, completeTruly, expireLeases, planned, summariseTruly } from '../../test/support/evaluation.ts';
import { shardRecords } from '../../test/support/shard-records.ts';
import { readEvaluation } from '../evaluations.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readLog } from '../log.ts';
import { heartbeat, sweep } from '../work.ts';
import { workerAlive } from '../workers.ts';

const database = testFileDatabase();
const { held, workRow, summariesOf } = shardRecords(database);

// what was lost before would be taken first
beforeEach(async () => {
  await database().sql.deleteFrom('Checkpoint').execute();
});

test('the sweep puts a lost shard back, counts it and says so in the log, however many sweep at once', async () => {
  const { evaluationId } = await planned(database());
  const shard = await held(evaluationId, 'worker-7');
  await expireLeases(database(), evaluationId);
  const swept = await Promise.all([sweep(database()), sweep(database()), sweep(database())]);
  expect(swept.reduce((sum, { requeued }) => sum + requeued, 0)).toBe(1);
  expect(await workRow(shard.id)).toEqual({ state: 'QUEUED', attempts: 1, leaseToken: null, done: 0 });
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ retriedShards: 1, state: 'SCORING' });
  const log = await readLog(database(), evaluationId, 10);
  expect(log.map(({ message }) => message)).toEqual([
    'Worker worker-7 gave no sign of life for 12 s; clevr 1 to 3 goes to another.',
  ]);
  // it is the first to be taken again
  expect(await held(evaluationId)).toMatchObject({ id: shard.id, attempts: 2 });
});

test('the sweep leaves the shards of healthy workers alone beside a lost one', async () => {
  const { evaluationId } = await planned(database());
  const lost = await held(evaluationId, 'dead');
  const healthy = await held(evaluationId, 'healthy');
  await expireLeases(database(), evaluationId);
  expect(await heartbeat(database(), healthy, { done: 1 })).toBe('ok');
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await workRow(lost.id)).toMatchObject({ state: 'QUEUED' });
  expect(await completeTruly(database(), healthy)).toBe('done');
});

test('a shard that is lost with its worker too often fails the evaluation with the reason', async () => {
  const { evaluationId } = await planned(database());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    expect(await held(evaluationId)).toMatchObject({ attempts: attempt });
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
  expect(await claimNext(database(), evaluationId)).toBeNull();
});

/** An evaluation whose only shard is done, with its summary locked by nobody; gives its id. */
async function unsummarised(): Promise<string> {
  const { evaluationId } = await planned(database(), { shards: { clevr: [2] } });
  await completeTruly(database(), await held(evaluationId));
  expect(await summariesOf(evaluationId)).toEqual(['clevr']);
  return evaluationId;
}

const LOCK = `
  UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = $2, attempts = $3
  WHERE key = 'summarise ' || $1 || ' clevr'`;

test('a summary that is due and has no chore gets one', async () => {
  const evaluationId = await unsummarised();
  await database().pool.query(`SELECT graphile_worker.remove_job('summarise ' || $1 || ' clevr')`, [evaluationId]);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await summariesOf(evaluationId)).toEqual(['clevr']);
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
  await summariseTruly(database(), evaluationId, 'clevr');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'DONE' });
});

test('a summary that a dead worker holds is freed, and one of a worker that is alive is left to it', async () => {
  const dead = await unsummarised();
  const slow = await unsummarised();
  await database().pool.query(LOCK, [dead, 'pool-dead', 1]);
  await database().pool.query(LOCK, [slow, 'pool-slow', 1]);
  await workerAlive(database(), { id: 'slow', hostname: 'h', device: 'cpu', choresId: 'pool-slow' });
  await sweep(database());
  expect(await summariesOf(dead)).toEqual(['clevr']);
  expect(await summariesOf(slow)).toEqual([]);
});

test('a summary whose process ends each time fails the evaluation with the reason', async () => {
  const evaluationId = await unsummarised();
  await database().pool.query(LOCK, [evaluationId, 'pool-ended', MAX_ATTEMPTS]);
  expect(await sweep(database())).toMatchObject({ failed: 1 });
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'FAILED',
    fault: 'SERVICE',
    reason: 'The scores of clevr could not be summarised: the process that did it ended each time.',
  });
  expect(await summariesOf(evaluationId)).toEqual([]);
});
