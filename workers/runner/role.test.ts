import { join } from 'node:path';
import { openDatabase } from '@gdbench/prisma/database';
import { expect, test, vi } from 'vitest';
import { workerRole } from '../../test/support/worker-role.ts';
import { workerRuns } from '../../test/support/worker-runs.ts';
import { startWorker } from './run.ts';

const DUAL_ENCODER = join(process.cwd(), 'test/reference/odd-clip');
const { db, settingsOf, work, submit, ended } = workerRuns(startWorker);

const CONNECTED = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = $1';

test('a worker does all of its work as a user who owns nothing, over six connections at most', async () => {
  const role = await workerRole(db());
  const evaluationId = await submit(DUAL_ENCODER, 'narrow');
  const worker = await work(settingsOf('narrow', role.url), {});
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE', retriedShards: 0 });
  // the limit of the role would have refused a seventh
  const { rows } = await db().pool.query(CONNECTED, [new URL(role.url).username]);
  expect(rows[0].n).toBeGreaterThan(0);
  await worker.stop();
  await role.drop();
});

test('that user may change nothing that is not a worker’s', async () => {
  const role = await workerRole(db());
  const narrow = openDatabase(role.url);
  for (const statement of [
    'UPDATE "Submission" SET submitter = \'me\'',
    'DELETE FROM "Evaluation"',
    'DELETE FROM "ExampleScore"',
    'UPDATE "ExampleScore" SET scores = NULL',
    'CREATE TABLE mine (id int)',
    'COPY "Work" TO PROGRAM \'cat\'',
  ])
    await expect(narrow.pool.query(statement)).rejects.toThrow(/permission denied/);
  await narrow.close();
  await role.drop();
});

test('while others hold all connections work waits, and goes on by itself once some are free', async () => {
  const role = await workerRole(db(), { connections: 6 });
  const hogs = openDatabase(role.url, { poolSize: 6 });
  // all but one: the worker starts with a single connection
  const held = await Promise.all(Array.from({ length: 5 }, () => hogs.pool.connect()));
  const started = work(settingsOf('poor', role.url), {});
  const evaluationId = await submit(DUAL_ENCODER, 'waiting');
  const refused = async () => {
    const { rows } = await db().pool.query(CONNECTED, [new URL(role.url).username]);
    expect(rows[0].n).toBe(6);
  };
  await vi.waitFor(refused, { timeout: 20_000 });
  for (const client of held) client.release(true);
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE' });
  await (await started).stop();
  await hogs.close();
  await role.drop();
}, 120_000);
