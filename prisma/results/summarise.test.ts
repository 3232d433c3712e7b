import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { completeTruly, planned, summariseTruly, sumOf, trueScores } from '../../test/support/evaluation.ts';
import { shardRecords } from '../../test/support/shard-records.ts';
import { cancel, readEvaluation } from '../evaluations.ts';

const database = testFileDatabase();
const { held, summariesOf } = shardRecords(database);

/** Whether the chore that waits for clevr may begin at once or after the task's pause; undefined where none waits. */
async function waitsFor(evaluationId: string): Promise<'nothing' | 'the pause' | undefined> {
  const { rows } = await database().pool.query(
    `SELECT j.run_at = t."summariseAt" AS paused FROM graphile_worker.jobs j, "EvaluationTask" t
     WHERE j.key = 'summarise ' || $1 || ' clevr' AND t."evaluationId" = $1::uuid AND t.task = 'clevr'`,
    [evaluationId],
  );
  if (rows.length === 0) return undefined;
  return rows[0].paused === true ? 'the pause' : 'nothing';
}

/** As the library does that takes a chore. */
const takeChore = (evaluationId: string) =>
  database().pool.query(`SELECT graphile_worker.remove_job('summarise ' || $1 || ' clevr')`, [evaluationId]);

test('shards are completed while a summary is computed, and what comes meanwhile is summarised after a pause, by one chore', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1, 1, 1, 1] } });
  await completeTruly(database(), await held(evaluationId));
  expect(await waitsFor(evaluationId)).toBe('nothing');
  await takeChore(evaluationId);
  const summary = await summariseTruly(database(), evaluationId, 'clevr', async (all) => {
    // no lock is held: this would wait for ever
    for (let more = 0; more < 2; more += 1)
      expect(await completeTruly(database(), await held(evaluationId))).toBe('done');
    expect(await summariesOf(evaluationId)).toEqual([]);
    return sumOf('clevr', all);
  });
  expect(summary).toEqual({ complete: false });
  expect((await readEvaluation(database(), evaluationId))?.results).toMatchObject([{ n: 1, complete: false }]);
  expect(await summariesOf(evaluationId)).toEqual(['clevr']);
  expect(await waitsFor(evaluationId)).toBe('the pause');
  // of the last one nobody waits for the pause to end
  await completeTruly(database(), await held(evaluationId));
  expect(await waitsFor(evaluationId)).toBe('nothing');
  expect(await summariseTruly(database(), evaluationId, 'clevr')).toEqual({ complete: true });
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'DONE',
    results: [{ ...sumOf('clevr', [0, 1, 2, 3].map(trueScores)).metrics[0], complete: true }],
  });
});

test('of summaries that overlap the one of more examples stays, whichever is written last', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1, 1, 1] } });
  await completeTruly(database(), await held(evaluationId));
  const late = await summariseTruly(database(), evaluationId, 'clevr', async (all) => {
    await completeTruly(database(), await held(evaluationId));
    expect(await summariseTruly(database(), evaluationId, 'clevr')).toEqual({ complete: false });
    return sumOf('clevr', all);
  });
  expect(late).toBeNull();
  expect((await readEvaluation(database(), evaluationId))?.results).toMatchObject([{ n: 2 }]);
  expect(await summariseTruly(database(), evaluationId, 'clevr')).toBeNull();
});

test('a summary that throws leaves scores, counters and results as they were, and is due as before', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1, 1] } });
  await completeTruly(database(), await held(evaluationId));
  const before = await readEvaluation(database(), evaluationId);
  const badly = () => Promise.reject(new Error('bad data'));
  await expect(summariseTruly(database(), evaluationId, 'clevr', badly)).rejects.toThrow('bad data');
  expect(await readEvaluation(database(), evaluationId)).toEqual(before);
  expect(await summariseTruly(database(), evaluationId, 'clevr')).toEqual({ complete: false });
});

test('a summary of an evaluation that was cancelled meanwhile writes nothing', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1, 1] } });
  await completeTruly(database(), await held(evaluationId));
  const summary = await summariseTruly(database(), evaluationId, 'clevr', async (all) => {
    await cancel(database(), 'anonymous', evaluationId);
    return sumOf('clevr', all);
  });
  expect(summary).toBeNull();
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'CANCELLED', results: [] });
});

test('the last summaries of two tasks, written at the same moment, make the evaluation DONE once', async () => {
  const { evaluationId } = await planned(database(), { shards: { clevr: [1], mmbias: [1] } });
  await completeTruly(database(), await held(evaluationId));
  await completeTruly(database(), await held(evaluationId));
  let arrived = 0;
  let bothAreThere = () => {};
  const both = new Promise<void>((resolve) => {
    bothAreThere = resolve;
  });
  const together = (task: string) =>
    summariseTruly(database(), evaluationId, task, async (all) => {
      arrived += 1;
      if (arrived === 2) bothAreThere();
      await both;
      return sumOf(task, all);
    });
  expect(await Promise.all(['clevr', 'mmbias'].map(together))).toEqual([{ complete: true }, { complete: true }]);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'DONE' });
});
