import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTask } from '@gdbench/benchmark/load';
import { cancel } from '@gdbench/prisma/evaluations';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test/support/api.ts';
import { acceptAs, scoreNext, sha256, submitStored } from '../test/support/drive.ts';
import { writeTinyData } from '../test/support/tiny-data.ts';
import { isSubmitted } from './submitted.ts';

let test: TestApi;
let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'gdbench-submitted-'));
  await writeTinyData(data);
  await rm(join(data, 'winoground'), { recursive: true });
  test = await startTestApi({ GDBENCH_DATA: data });
});
afterAll(async () => {
  await test.close();
  await rm(data, { recursive: true });
});

const hashOf = (name: string) => checkpointSha256([{ path: 'model.onnx', sha256: sha256(name) }]);

it('knows a checkpoint from the moment its files are there until it is done, under its own name only', async () => {
  const isKnown = (name: string) => isSubmitted(test.url, name, hashOf('built in'));
  expect(await isKnown('built in')).toBe(false);
  const { evaluationId } = await submitStored(test.db, 'built in');
  expect(await isKnown('built in')).toBe(true);
  expect(await isKnown('another name')).toBe(false);
  const { dataVersion } = await loadTask(data, 'clevr');
  await acceptAs(test.db, evaluationId, { examples: 1, dataVersion });
  expect(await isKnown('built in')).toBe(true);
  await scoreNext(test.db, evaluationId, 0.9);
  expect(await isKnown('built in')).toBe(true);
});

it('does not count one that was scored on other data than the board has now', async () => {
  const isKnown = () => isSubmitted(test.url, 'of other data', hashOf('of other data'));
  const { evaluationId } = await submitStored(test.db, 'of other data');
  await acceptAs(test.db, evaluationId, { examples: 1, dataVersion: 'another' });
  expect(await isKnown()).toBe(true);
  await scoreNext(test.db, evaluationId, 0.9);
  expect(await isKnown()).toBe(false);
});

it('does not count one that lacks a task of which the board has data now', async () => {
  const { evaluationId } = await submitStored(test.db, 'without a task');
  await acceptAs(test.db, evaluationId, { task: 'pets', examples: 1 });
  await scoreNext(test.db, evaluationId, []);
  expect(await isSubmitted(test.url, 'without a task', hashOf('without a task'))).toBe(false);
});

it('leaves one alone that was cancelled, until somebody submits it again', async () => {
  const isKnown = () => isSubmitted(test.url, 'cancelled', hashOf('cancelled'));
  const { evaluationId } = await submitStored(test.db, 'cancelled');
  await cancel(test.db, evaluationId);
  expect(await isKnown()).toBe(true);
  const again = await submitStored(test.db, 'cancelled');
  await acceptAs(test.db, again.evaluationId, { examples: 1, dataVersion: 'another' });
  await scoreNext(test.db, again.evaluationId, 0.9);
  expect(await isKnown()).toBe(false);
});

it('does not count one whose files are still on their way', async () => {
  const files = [{ path: 'model.onnx', size: 3, sha256: sha256('half') }];
  const budget = { samples: 5, seed: 0, limit: null };
  await createSubmission(test.db, {
    name: 'half',
    files,
    sha256: checkpointSha256(files),
    ...budget,
    storedHashes: new Set(),
  });
  expect(await isSubmitted(test.url, 'half', hashOf('half'))).toBe(false);
});
