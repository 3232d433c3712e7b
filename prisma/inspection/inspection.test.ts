import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { expireLeases, planned, submitStored } from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import {
  type Acceptance,
  accept,
  claimInspection,
  failInspection,
  refuse,
  releaseInspection,
  renewInspection,
} from '../inspection.ts';
import { readBoard } from '../leaderboard.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readLog } from '../log.ts';
import { sweep } from '../sweep.ts';

const database = testFileDatabase();

const edition = { state: 'unknown', name: null, examples: 3, of: null } as const;
const acceptance: Acceptance = {
  report: reportFor('diffusion-itm', { parameters: 3_000_000_000 }),
  protocol: 'diffusion-itm',
  warnings: ['slow'],
  tasks: [
    {
      task: 'clevr',
      dataVersion: 'v',
      examples: 3,
      edition,
      shards: [
        { from: 0, to: 2, cost: 8 },
        { from: 2, to: 3, cost: 4 },
      ],
    },
  ],
};

async function held(evaluationId: string) {
  const claimed = await claimInspection(database(), evaluationId, 'w');
  if (!claimed) throw new Error('The inspection could not be claimed.');
  return claimed;
}

test('of many that claim an inspection at once exactly one gets it', async () => {
  const { submissionId, evaluationId } = await submitStored(database());
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, i) => claimInspection(database(), evaluationId, `w${i}`)),
  );
  const won = claims.filter((one) => one !== null);
  expect(won).toHaveLength(1);
  expect(won[0]).toMatchObject({ submissionId, samples: 25, seed: 0, limit: null, attempts: 1 });
  expect(won[0]?.files.map(({ path, size }) => [path, size])).toEqual([
    ['config.json', 100],
    ['unet/model.onnx', 200],
  ]);
});

test('accepting makes the plan: tasks, shards with a job each in their order, and a row on the board', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  expect(await accept(database(), evaluationId, token, acceptance)).toBe(true);
  expect(await accept(database(), evaluationId, token, acceptance)).toBe(false);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'QUEUED',
    protocol: 'diffusion-itm',
    warnings: ['slow'],
    shardsTotal: 2,
    rowsTotal: 12,
    checkpoint: { kind: 'DIFFUSION', parameters: 3_000_000_000, report: acceptance.report },
    tasks: [
      { task: 'clevr', dataVersion: 'v', examples: 3, examplesDone: 0, shardsDone: 0, shardsTotal: 2, ties: null },
    ],
  });
  const { rows } = await database().pool.query(
    `SELECT s.position FROM graphile_worker.jobs j JOIN "Shard" s ON s.id::text = j.key
     WHERE s."evaluationId" = $1 AND j.task_identifier = 'score' ORDER BY j.id`,
    [evaluationId],
  );
  expect(rows).toEqual([{ position: 0 }, { position: 1 }]);
  expect(
    (await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).toContain(evaluationId);
});

test.each([
  [
    'a gap',
    [
      { from: 0, to: 1, cost: 1 },
      { from: 2, to: 3, cost: 1 },
    ],
  ],
  [
    'an overlap',
    [
      { from: 0, to: 2, cost: 1 },
      { from: 1, to: 3, cost: 1 },
    ],
  ],
  ['an end too early', [{ from: 0, to: 2, cost: 1 }]],
  [
    'an empty shard',
    [
      { from: 0, to: 0, cost: 1 },
      { from: 0, to: 3, cost: 1 },
    ],
  ],
])('a plan with %s is refused', async (_, shards) => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  const plan = { ...acceptance, tasks: [{ task: 'clevr', dataVersion: 'v', examples: 3, edition, shards }] };
  await expect(accept(database(), evaluationId, token, plan)).rejects.toThrow(/plan of clevr/);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'INSPECTING', shardsTotal: 0 });
});

test('a refusal tells whose fault it is, why and what to do', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  const why = { fault: 'SUBMITTER', reason: 'unet/model.onnx is no ONNX file.', remedy: 'Export it again.' } as const;
  expect(await refuse(database(), evaluationId, token, why)).toBe(true);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'REFUSED', ...why, place: null });
  expect((await readLog(database(), evaluationId, 5)).map(({ message }) => message)).toEqual([why.reason]);
});

test('a fault is read as it was stored; of one that was stored when remedies had no parts, all of it is words', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  const told = { file: 'a', message: 'a is b; run `c DIR`.', expected: 'd', found: 'is b', remedy: 'run `c DIR`' };
  const fault = { ...told, remedyParts: [{ words: 'run ' }, { command: 'c DIR' }], namesPlaceholder: true };
  const why = { fault: 'SUBMITTER', reason: 'a is b.', remedy: 'Run `c DIR`.', faults: [fault] } as const;
  await refuse(database(), evaluationId, token, why);
  expect((await readEvaluation(database(), evaluationId))?.faults).toEqual([fault]);
  await database().pool.query('UPDATE "Evaluation" SET faults = $2 WHERE id = $1', [
    evaluationId,
    JSON.stringify([told]),
  ]);
  expect((await readEvaluation(database(), evaluationId))?.faults).toEqual([
    { ...told, remedyParts: [{ words: told.remedy }], namesPlaceholder: false },
  ]);
});

const why = { reason: 'No data.', remedy: 'Ask us.', permanent: false };

test('a fault of the service is tried again later, and fails the evaluation when the tries are used up', async () => {
  const { evaluationId } = await submitStored(database());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { token } = await held(evaluationId);
    const outcome = await failInspection(database(), evaluationId, token, why);
    expect(outcome).toBe(attempt < MAX_ATTEMPTS ? 'retry' : 'failed');
    if (outcome === 'failed') break;
    expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'INSPECTING', fault: null });
    const { rows } = await database().pool.query(
      `SELECT run_at > now() AS later FROM graphile_worker.jobs WHERE key = $1 AND locked_at IS NULL`,
      [evaluationId],
    );
    expect(rows).toEqual([{ later: true }]);
    // its job waits: nothing for the sweep
    expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
  }
  const { permanent: _, ...told } = why;
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE', ...told });
});

test('a fault that another try cannot mend fails the evaluation at once', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  expect(await failInspection(database(), evaluationId, token, { ...why, permanent: true })).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE' });
});

test('a worker that lost its lease can write nothing', async () => {
  const { evaluationId } = await submitStored(database());
  const first = await held(evaluationId);
  expect(await claimInspection(database(), evaluationId, 'other')).toBeNull();
  expect(await renewInspection(database(), evaluationId, first.token)).toBe(true);
  await expireLeases(database(), evaluationId);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  const second = await held(evaluationId);
  expect(second.attempts).toBe(2);
  expect(await renewInspection(database(), evaluationId, first.token)).toBe(false);
  expect(await accept(database(), evaluationId, first.token, acceptance)).toBe(false);
  expect(await refuse(database(), evaluationId, first.token, { ...why, fault: 'SUBMITTER' })).toBe(false);
  expect(await failInspection(database(), evaluationId, first.token, why)).toBe('fenced');
  expect(await releaseInspection(database(), evaluationId, first.token)).toBe(false);
  expect(await accept(database(), evaluationId, second.token, acceptance)).toBe(true);
});

test('an inspection given back at shutdown does not count as a try', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  expect(await releaseInspection(database(), evaluationId, token)).toBe(true);
  expect((await held(evaluationId)).attempts).toBe(1);
});

test('a checkpoint that kills its inspector too often fails', async () => {
  const { evaluationId } = await submitStored(database());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    await held(evaluationId);
    await expireLeases(database(), evaluationId);
    expect(await sweep(database())).toEqual(
      attempt < MAX_ATTEMPTS ? { requeued: 1, failed: 0 } : { requeued: 0, failed: 1 },
    );
  }
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE' });
});

test('an inspection that waits without a job gets one', async () => {
  const { evaluationId } = await submitStored(database());
  await database().pool.query('SELECT graphile_worker.remove_job($1)', [evaluationId]);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
});

test('a cancelled inspection cannot go on', async () => {
  const { evaluationId } = await submitStored(database());
  const { token } = await held(evaluationId);
  await cancel(database(), 'anonymous', evaluationId);
  expect(await renewInspection(database(), evaluationId, token)).toBe(false);
  expect(await accept(database(), evaluationId, token, acceptance)).toBe(false);
});

test('places in the queue are in the order of acceptance', async () => {
  await database().pool.query(`UPDATE "Evaluation" SET state = 'CANCELLED' WHERE state = 'QUEUED'`);
  const ids = [(await planned(database())).evaluationId, (await planned(database())).evaluationId];
  const places = await Promise.all(ids.map(async (id) => (await readEvaluation(database(), id))?.place));
  expect(places).toEqual([1, 2]);
});
