import { cancel, readEvaluation } from '@gdbench/prisma/evaluations';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { gdbench } from '../../../test/support/command.ts';
import { acceptAs, finishAs, scoreNext, submitStored } from '../../../test/support/evaluation.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const again = (id: string, ...flags: string[]) => gdbench(['again', id, '--server', api.url, ...flags]).ended;

test('what has ended is evaluated again under its name, by either id, and can be followed', async () => {
  const done = await finishAs(api.db, 'once more', 0.5);
  const told = await again(done.submissionId, '--json');
  expect([told.code, told.stderr]).toEqual([0, '']);
  const { submissionId, evaluationId } = JSON.parse(told.stdout);
  expect(submissionId).not.toBe(done.submissionId);
  // nothing was stored of what it was made of
  expect(await readEvaluation(api.db, evaluationId)).toMatchObject({
    state: 'UPLOADING',
    checkpoint: { name: 'once more' },
  });
  await cancel(api.db, 'anonymous', evaluationId);
  const read = await again(evaluationId);
  expect([read.code, read.stderr]).toEqual([0, '']);
  expect(read.stdout).toMatch(/^"once more" is evaluated again: it is /);
  expect(read.stdout).toMatch(/npx gdbench watch [0-9a-f-]{36}\n$/);
});

test('what has not ended is not, nor what is nothing', async () => {
  const { evaluationId } = await submitStored(api.db, 'under way');
  expect(await again(evaluationId)).toMatchObject({
    code: 1,
    stderr: 'This evaluation has not ended: it is INSPECTING. Wait for its end, or cancel it first.\n',
  });
  await acceptAs(api.db, evaluationId, { shards: { clevr: [1] } });
  await scoreNext(api.db, evaluationId, 0.5);
  expect(await again(evaluationId)).toMatchObject({ code: 0 });
  expect(await again('nonsense')).toMatchObject({ code: 2, stdout: '' });
});
