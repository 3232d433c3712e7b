import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTask } from '@gdbench/benchmark/load';
import { cancel } from '@gdbench/prisma/evaluations';
import { createSubmission } from '@gdbench/prisma/submissions';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test/support/api.ts';
import { acceptAs, newSubmission, scoreNext, submitStored } from '../test/support/evaluation.ts';
import { newFolder } from '../test/support/folder.ts';
import { writeTinyData } from '../test/support/tiny-data.ts';
import { isSubmitted } from './submitted.ts';

let test: TestApi;
const data = newFolder();
beforeAll(async () => {
  await writeTinyData(data);
  await rm(join(data, 'winoground'), { recursive: true });
  test = await startTestApi({ GDBENCH_DATA: data });
});
afterAll(() => test.close());

const hashOf = (name: string) => newSubmission(name).sha256;

it('knows a checkpoint from the moment its files are there until it is done, under its own name only', async () => {
  const isKnown = (name: string) => isSubmitted(test.url, name, hashOf('built in'));
  expect(await isKnown('built in')).toBe(false);
  const { evaluationId } = await submitStored(test.db, 'built in');
  expect(await isKnown('built in')).toBe(true);
  expect(await isKnown('another name')).toBe(false);
  const { dataVersion } = await loadTask(data, 'clevr');
  await acceptAs(test.db, evaluationId, { shards: { clevr: [1] }, dataVersion });
  expect(await isKnown('built in')).toBe(true);
  await scoreNext(test.db, evaluationId, 0.9);
  expect(await isKnown('built in')).toBe(true);
});

it('does not count one that was scored on other data than the board has now', async () => {
  const isKnown = () => isSubmitted(test.url, 'of other data', hashOf('of other data'));
  const { evaluationId } = await submitStored(test.db, 'of other data');
  await acceptAs(test.db, evaluationId, { shards: { clevr: [1] }, dataVersion: 'another' });
  expect(await isKnown()).toBe(true);
  await scoreNext(test.db, evaluationId, 0.9);
  expect(await isKnown()).toBe(false);
});

it('does not count one that lacks a task of which the board has data now', async () => {
  const { evaluationId } = await submitStored(test.db, 'without a task');
  await acceptAs(test.db, evaluationId, { shards: { pets: [1] } });
  await scoreNext(test.db, evaluationId, []);
  expect(await isSubmitted(test.url, 'without a task', hashOf('without a task'))).toBe(false);
});

it('leaves one alone that was cancelled, until somebody submits it again', async () => {
  const isKnown = () => isSubmitted(test.url, 'cancelled', hashOf('cancelled'));
  const { evaluationId } = await submitStored(test.db, 'cancelled');
  await cancel(test.db, 'anonymous', evaluationId);
  expect(await isKnown()).toBe(true);
  const again = await submitStored(test.db, 'cancelled');
  await acceptAs(test.db, again.evaluationId, { shards: { clevr: [1] }, dataVersion: 'another' });
  await scoreNext(test.db, again.evaluationId, 0.9);
  expect(await isKnown()).toBe(false);
});

it('does not count one whose files are still on their way', async () => {
  await createSubmission(test.db, newSubmission('half'));
  expect(await isSubmitted(test.url, 'half', hashOf('half'))).toBe(false);
});
