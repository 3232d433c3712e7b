import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTask } from '@gdbench/benchmark/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { gdbench } from '../../../test/support/command.ts';
import { acceptAs, scoreNext, sha256, submitStored } from '../../../test/support/evaluation.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const data = newFolder();
let api: TestApi;
beforeAll(async () => {
  await writeTinyData(data);
  await writeFile(join(data, 'manifest.json'), JSON.stringify({ name: 'squares', version: '2' }));
  api = await startTestApi({ GDBENCH_DATA: data });
});
afterAll(() => api.close());

/** What is printed of an evaluation that ended, of one example of clevr in this version; by either id. */
async function watched(by: 'submissionId' | 'evaluationId', dataVersion: string): Promise<string[]> {
  const ids = await submitStored(api.db, by);
  await acceptAs(api.db, ids.evaluationId, { shards: { clevr: [1] }, dataVersion });
  await scoreNext(api.db, ids.evaluationId, 0.9);
  const ended = await gdbench(['watch', ids[by], '--server', api.url]).ended;
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  return ended.stdout.trimEnd().split('\n');
}

test('a finished evaluation is shown with its figures, its data set by name and hash, and its budget', async () => {
  const { dataVersion } = await loadTask(data, 'clevr');
  expect((await watched('submissionId', dataVersion)).slice(1)).toEqual([
    `  clevr.average  90.0%  [85.0%, 95.0%]  chance 50.0%  n = 1  data ${dataVersion}  whole, test`,
    `  Data set squares 2, sha256 ${sha256(`clevr ${dataVersion}\n`).slice(0, 16)} of the tasks above`,
    '  diffusion-itm, 25 samples, seed 0',
  ]);
});

test('data that the server no longer has are not called by the name of those that it has', async () => {
  expect(await watched('evaluationId', 'another')).toContain(
    `  Data, sha256 ${sha256('clevr another\n').slice(0, 16)} of the tasks above`,
  );
});
