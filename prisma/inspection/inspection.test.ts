import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimedInspection, endPauses, expireLeases, planned, submitStored } from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { type Acceptance, accept, refuse } from '../inspection.ts';
import { readBoard } from '../leaderboard.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readLog } from '../log.ts';
import { claim, fail, heartbeat, release, sweep } from '../work.ts';

const database = testFileDatabase();

const edition = { state: 'unknown', name: null, examples: 3, of: null } as const;
const acceptance: Acceptance = {
  report: reportFor('diffusion-itm', { parameters: 3_000_000_000 }),
  protocol: 'diffusion-itm',
  warnings: ['slow'],
  tasks: [
    { task: 'clevr', dataVersion: 'v', examples: 3, edition, cost: 8 },
    { task: 'pets', dataVersion: 'w', examples: 2, edition, cost: 4 },
  ],
};

const held = (evaluationId: string) => claimedInspection(database(), evaluationId);

test('of many that claim an inspection at once exactly one gets it', async () => {
  const { submissionId, evaluationId } = await submitStored(database());
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      claim(database(), { worker: `w${i}`, kinds: ['INSPECT'], loaded: evaluationId, onDisk: [] }),
    ),
  );
  const won = claims.filter((one) => one !== null);
  expect(won).toHaveLength(1);
  expect(won[0]).toMatchObject({
    ...{ kind: 'INSPECT', evaluationId, submissionId, samples: 25, seed: 0, limit: null, attempts: 1 },
  });
  expect(won[0]?.files.map(({ path, size }) => [path, size])).toEqual([
    ['config.json', 100],
    ['unet/model.onnx', 200],
  ]);
});

test('accepting makes the plan: tasks, a shard of each in their order, and a row on the board', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  expect(await accept(database(), inspection, acceptance)).toBe(true);
  expect(await accept(database(), inspection, acceptance)).toBe(false);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'QUEUED',
    protocol: 'diffusion-itm',
    warnings: ['slow'],
    shardsTotal: 2,
    rowsTotal: 12,
    checkpoint: { kind: 'DIFFUSION', parameters: 3_000_000_000, report: acceptance.report },
    tasks: [
      { task: 'clevr', dataVersion: 'v', examples: 3, examplesDone: 0, shardsDone: 0, shardsTotal: 1, ties: null },
      { task: 'pets', dataVersion: 'w', examples: 2, examplesDone: 0, shardsDone: 0, shardsTotal: 1, ties: null },
    ],
  });
  const work = await database().prisma.work.findMany({
    where: { evaluationId, kind: 'SCORE' },
    orderBy: { position: 'asc' },
    select: { position: true, state: true, shard: { select: { task: true, from: true, to: true, cost: true } } },
  });
  expect(work).toEqual([
    { position: 0, state: 'QUEUED', shard: { task: 'clevr', from: 0, to: 3, cost: 8 } },
    { position: 3, state: 'QUEUED', shard: { task: 'pets', from: 0, to: 2, cost: 4 } },
  ]);
  expect(
    (await readBoard(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
      (row) => row.evaluationId,
    ),
  ).toContain(evaluationId);
});

test.each([
  ['no examples', { examples: 0, cost: 3 }],
  ['no rows', { examples: 3, cost: 0 }],
  ['part of an example', { examples: 2.5, cost: 3 }],
])('a plan with %s is refused', async (_, of) => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  const plan = { ...acceptance, tasks: [{ task: 'clevr', dataVersion: 'v', edition, ...of }] };
  await expect(accept(database(), inspection, plan)).rejects.toThrow(/plan of clevr/);
  await expect(accept(database(), inspection, { ...acceptance, tasks: [] })).rejects.toThrow(/at least one task/);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'INSPECTING', shardsTotal: 0 });
});

test('a refusal tells whose fault it is, why and what to do', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  const why = { fault: 'SUBMITTER', reason: 'unet/model.onnx is no ONNX file.', remedy: 'Export it again.' } as const;
  expect(await refuse(database(), inspection, why)).toBe(true);
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'REFUSED', ...why, place: null });
  expect((await readLog(database(), evaluationId, 5)).map(({ message }) => message)).toEqual([why.reason]);
});

test('a fault is read as it was stored; of one that was stored when remedies had no parts, all of it is words', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  const told = { file: 'a', message: 'a is b; run `c DIR`.', expected: 'd', found: 'is b', remedy: 'run `c DIR`' };
  const fault = { ...told, remedyParts: [{ words: 'run ' }, { command: 'c DIR' }], namesPlaceholder: true };
  const why = { fault: 'SUBMITTER', reason: 'a is b.', remedy: 'Run `c DIR`.', faults: [fault] } as const;
  await refuse(database(), inspection, why);
  expect((await readEvaluation(database(), evaluationId))?.faults).toEqual([fault]);
  await database().pool.query('UPDATE "Evaluation" SET faults = $2 WHERE id = $1', [
    evaluationId,
    JSON.stringify([told]),
  ]);
  expect((await readEvaluation(database(), evaluationId))?.faults).toEqual([
    { ...told, remedyParts: [{ words: told.remedy }], namesPlaceholder: false },
  ]);
});

const why = { error: 'No data.', remedy: 'Ask us.', fault: 'SERVICE', permanent: false } as const;

test('a fault of the service is tried again later, and fails the evaluation when the tries are used up', async () => {
  const { evaluationId } = await submitStored(database());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const inspection = await held(evaluationId);
    const outcome = await fail(database(), inspection, why);
    expect(outcome).toBe(attempt < MAX_ATTEMPTS ? 'retry' : 'failed');
    if (outcome === 'failed') break;
    expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'INSPECTING', fault: null });
    // it waits a while: nothing for a worker, and nothing for the sweep
    await expect(held(evaluationId)).rejects.toThrow('Nothing to inspect');
    expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
    await endPauses(database(), evaluationId);
  }
  const told = { reason: why.error, remedy: why.remedy };
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE', ...told });
});

test('an inspection whose process is ended from outside is tried again, however often that was, as if it had not been begun', async () => {
  const { evaluationId } = await submitStored(database());
  for (let kill = 1; kill <= MAX_ATTEMPTS + 1; kill += 1) {
    const inspection = await held(evaluationId);
    expect(inspection.attempts).toBe(1);
    expect(await fail(database(), inspection, { ...why, killed: true })).toBe('retry');
    await endPauses(database(), evaluationId);
  }
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'INSPECTING', fault: null });
});

test('a fault that another try cannot mend fails the evaluation at once', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  expect(await fail(database(), inspection, { ...why, permanent: true })).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'FAILED', fault: 'SERVICE' });
});

test('a worker that lost its lease can write nothing', async () => {
  const { evaluationId } = await submitStored(database());
  const first = await held(evaluationId);
  await expect(held(evaluationId)).rejects.toThrow('Nothing to inspect');
  expect(await heartbeat(database(), first)).toBe('ok');
  await expireLeases(database(), evaluationId);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  const second = await held(evaluationId);
  expect(second.attempts).toBe(2);
  expect(await heartbeat(database(), first)).toBe('fenced');
  expect(await accept(database(), first, acceptance)).toBe(false);
  expect(await refuse(database(), first, { reason: 'x', remedy: 'y', fault: 'SUBMITTER' })).toBe(false);
  expect(await fail(database(), first, why)).toBe('fenced');
  expect(await release(database(), first)).toBe(false);
  expect(await accept(database(), second, acceptance)).toBe(true);
});

test('an inspection given back at shutdown does not count as a try', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  expect(await release(database(), inspection)).toBe(true);
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

test('a cancelled inspection cannot go on', async () => {
  const { evaluationId } = await submitStored(database());
  const inspection = await held(evaluationId);
  await cancel(database(), 'anonymous', evaluationId);
  expect(await heartbeat(database(), inspection)).toBe('cancelled');
  expect(await accept(database(), inspection, acceptance)).toBe(false);
});

test('places in the queue are in the order of acceptance', async () => {
  await database().pool.query(`UPDATE "Evaluation" SET state = 'CANCELLED' WHERE state = 'QUEUED'`);
  const ids = [(await planned(database())).evaluationId, (await planned(database())).evaluationId];
  const places = await Promise.all(ids.map(async (id) => (await readEvaluation(database(), id))?.place));
  expect(places).toEqual([1, 2]);
});
