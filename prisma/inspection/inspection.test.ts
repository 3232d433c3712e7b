import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import {
  claimedInspection,
  claimedPlan,
  endPauses,
  expireLeases,
  newSubmission,
  planned,
  submitStored,
} from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { accept, refuse } from '../inspection.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { readLog } from '../log.ts';
import { createSubmission } from '../submissions.ts';
import { claim, fail, heartbeat, release, sweep } from '../work.ts';

const database = testFileDatabase();

const report = reportFor('diffusion-itm', { parameters: 3_000_000_000 });

const held = (evaluationId: string) => claimedInspection(database(), evaluationId);

test('of many that claim an inspection at once exactly one gets it', async () => {
  const { evaluationId } = await submitStored(database());
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      claim(database(), { worker: `w${i}`, kinds: ['INSPECT'], loaded: null, onDisk: [] }),
    ),
  );
  const won = claims.filter((one) => one !== null);
  expect(won).toHaveLength(1);
  const [inspection] = won;
  if (inspection?.kind !== 'INSPECT') throw new Error('Something else was claimed.');
  expect(inspection).toMatchObject({
    ...{ evaluationId: null, attempts: 1 },
    next: { evaluationId, samples: 25, seed: 0, askedProtocol: null },
  });
  expect(inspection.files.map(({ path, size }) => [path, size])).toEqual([
    ['config.json', 100],
    ['unet/model.onnx', 200],
  ]);
});

test('accepting makes the checkpoint READY and queues all who wait for it, each with a plan to come', async () => {
  const first = await submitStored(database(), 'first');
  const input = newSubmission('first');
  const second = await createSubmission(database(), { ...input, name: 'second' });
  const misfit = await createSubmission(database(), { ...input, protocol: 'cosine' });
  const inspection = await held(first.evaluationId);
  await expect(held(second.evaluationId)).rejects.toThrow('Nothing to inspect');
  expect(await accept(database(), inspection, report)).toBe(true);
  expect(await accept(database(), inspection, report)).toBe(false);
  const checkpoint = { state: 'READY', kind: 'DIFFUSION', parameters: 3_000_000_000, report };
  for (const [{ evaluationId }, name] of [
    [first, 'first'],
    [second, 'second'],
  ] as const) {
    expect(await readEvaluation(database(), evaluationId)).toMatchObject({
      ...{ state: 'QUEUED', protocol: 'diffusion-itm', shardsTotal: 0, samples: 25, measurement: null },
      checkpoint: { ...checkpoint, name },
    });
    await claimedPlan(database(), evaluationId);
  }
  expect(await readEvaluation(database(), misfit.evaluationId)).toMatchObject({
    ...{ state: 'REFUSED', fault: 'SUBMITTER' },
    reason: 'The protocol cosine does not fit a diffusion checkpoint.',
  });
});

test('a checkpoint that is known is queued without an inspection; one that was refused is inspected anew', async () => {
  const known = await planned(database(), { name: 'known', protocol: 'diffusion-itm' });
  const input = newSubmission('known');
  const again = await submitAgain(input, 'known again');
  expect(await readEvaluation(database(), again.evaluationId)).toMatchObject({
    state: 'QUEUED',
    protocol: 'diffusion-itm',
  });
  await claimedPlan(database(), again.evaluationId);
  expect(known.evaluationId).not.toBe(again.evaluationId);
  const bad = await submitStored(database(), 'bad');
  await refuse(database(), await held(bad.evaluationId), { reason: 'x', remedy: 'y', fault: 'SUBMITTER' });
  const anew = await submitAgain(newSubmission('bad'), 'bad again');
  expect(await readEvaluation(database(), anew.evaluationId)).toMatchObject({ state: 'INSPECTING' });
  await accept(database(), await held(anew.evaluationId), report);
  expect(await readEvaluation(database(), anew.evaluationId)).toMatchObject({ state: 'QUEUED' });
  expect(await readEvaluation(database(), bad.evaluationId)).toMatchObject({ state: 'REFUSED' });
});

test('what is known of a checkpoint in a form of before is found anew', async () => {
  await planned(database(), { name: 'old form' });
  await database().pool.query(`UPDATE "Checkpoint" SET report = '{"kind":"diffusion"}' WHERE sha256 = $1`, [
    newSubmission('old form').sha256,
  ]);
  const again = await submitAgain(newSubmission('old form'), 'old form again');
  expect(await readEvaluation(database(), again.evaluationId)).toMatchObject({ state: 'INSPECTING' });
});

test('files of a known checkpoint that are no longer stored have to be sent again', async () => {
  await planned(database(), { name: 'lost' });
  const input = newSubmission('lost');
  const [kept] = input.files;
  const again = await createSubmission(database(), {
    ...input,
    name: 'lost again',
    storedHashes: new Set([kept!.sha256]),
  });
  expect(await readEvaluation(database(), again.evaluationId)).toMatchObject({ state: 'UPLOADING', bytesStored: 100 });
});

test('the last who waits ends the inspection with his cancellation, and no one before', async () => {
  const first = await submitStored(database(), 'shared');
  const second = await submitAgain(newSubmission('shared'), 'shared too');
  const inspection = await held(first.evaluationId);
  await cancel(database(), 'anonymous', first.evaluationId);
  expect(await heartbeat(database(), inspection)).toBe('ok');
  await cancel(database(), 'anonymous', second.evaluationId);
  expect(await heartbeat(database(), inspection)).toBe('cancelled');
  const third = await submitAgain(newSubmission('shared'), 'shared');
  expect(await readEvaluation(database(), third.evaluationId)).toMatchObject({ state: 'INSPECTING' });
  await held(third.evaluationId);
});

function submitAgain(input: ReturnType<typeof newSubmission>, name: string) {
  return createSubmission(database(), {
    ...input,
    name,
    storedHashes: new Set(input.files.map(({ sha256 }) => sha256)),
  });
}

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
  expect(await accept(database(), first, report)).toBe(false);
  expect(await refuse(database(), first, { reason: 'x', remedy: 'y', fault: 'SUBMITTER' })).toBe(false);
  expect(await fail(database(), first, why)).toBe('fenced');
  expect(await release(database(), first)).toBe(false);
  expect(await accept(database(), second, report)).toBe(true);
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
  expect(await accept(database(), inspection, report)).toBe(false);
});

test('places in the queue are in the order of acceptance', async () => {
  await database().pool.query(`UPDATE "Evaluation" SET state = 'CANCELLED' WHERE state = 'QUEUED'`);
  const ids = [(await planned(database())).evaluationId, (await planned(database())).evaluationId];
  const places = await Promise.all(ids.map(async (id) => (await readEvaluation(database(), id))?.place));
  expect(places).toEqual([1, 2]);
});
