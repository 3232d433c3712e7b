import { cpSync, writeFileSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cancel } from '@gdbench/prisma/evaluations';
import { refuse } from '@gdbench/prisma/inspection';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { gdbench } from '../../../test/support/command.ts';
import { acceptAs, claimedInspection, scoreNext } from '../../../test/support/evaluation.ts';
import { folderOf, newFolder } from '../../../test/support/folder.ts';

const CHECKPOINT = join(process.cwd(), 'test/reference/odd-clip');

let api: TestApi;
beforeAll(async () => {
  // no data root: whatever is done was scored on all data that the board has
  api = await startTestApi();
});
afterAll(() => api.close());

const folders = new Map<string, string>();
/** A checkpoint of this name's own, so that what becomes of it hangs on no other. */
function folderFor(name: string): string {
  const folder = folders.get(name) ?? newFolder();
  if (!folders.has(name)) {
    cpSync(CHECKPOINT, folder, { recursive: true });
    writeFileSync(join(folder, 'README.md'), name);
  }
  folders.set(name, folder);
  return folder;
}

const submitting = (name: string, ...words: string[]) =>
  gdbench(['submit', folderFor(name), '--name', name, '--server', api.url, ...words]);

interface Submitted {
  submissionId: string;
  evaluationId: string;
  repeated: boolean;
}

async function submitted(name: string): Promise<Submitted> {
  const { code, stdout, stderr } = await submitting(name, '--json').ended;
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const rows = (name: string) => api.db.prisma.evaluation.count({ where: { submission: { name } } });

test('what is no part of the checkpoint is named and not sent; its own folder inside gives it its name', async () => {
  const junk = ['.DS_Store', 'model-7/optimizer.pt', 'model-7/__pycache__/a.pyc', '__MACOSX/model-7/._a.json'];
  const folder = await folderOf(Object.fromEntries(junk.map((path) => [path, 'junk'])));
  await cp(CHECKPOINT, join(folder, 'model-7'), { recursive: true });
  const { code, stdout, stderr } = await gdbench(['submit', folder, '--server', api.url]).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`The checkpoint is in ${join(folder, 'model-7')}: its files are sent.\n`);
  const leftOut = /^Left out, since no checkpoint needs them: (.*)\.$/m.exec(stdout)?.[1]?.split(', ');
  expect(leftOut?.sort()).toEqual(['.DS_Store', '__MACOSX/', 'model-7/__pycache__/', 'model-7/optimizer.pt'].sort());
  expect(stdout).toContain('Submitting "model-7": 5 files, ');
  const files = await api.db.prisma.checkpointFile.findMany({
    where: { checkpoint: { submissions: { some: { name: 'model-7' } } } },
    orderBy: { path: 'asc' },
  });
  const sent = files.map(({ path }) => path);
  expect(sent).toEqual((await readdir(CHECKPOINT)).sort());
});

test('two terminals that submit the same at once make one row, and both follow it', async () => {
  const both = await Promise.all([submitted('at once'), submitted('at once'), submitted('at once')]);
  expect(new Set(both.map(({ evaluationId }) => evaluationId)).size).toBe(1);
  expect(both.filter(({ repeated }) => !repeated)).toHaveLength(1);
  expect(await rows('at once')).toBe(1);
});

test('a submission that waits is gone on with by the same command, from its inspection to its end, and after it', async () => {
  const name = 'interrupted';
  const first = submitting(name, '--wait');
  // as somebody would press Ctrl-C once the upload is done
  await new Promise<void>((resolve) => {
    let said = '';
    first.child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Watch it')) resolve();
    });
  });
  first.child.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('run the same command again') });
  const { id } = await api.db.prisma.evaluation.findFirstOrThrow({ where: { submission: { name } } });
  const again = async () => {
    const { evaluationId, repeated } = await submitted(name);
    expect([evaluationId, repeated]).toEqual([id, true]);
    return (await submitting(name).ended).stdout;
  };

  expect(await again()).toContain(`is submitted as "${name}" already, and goes on: it is being inspected.`);
  await acceptAs(api.db, id);
  expect(await again()).toContain('waiting for a worker, in place 1.');
  await scoreNext(api.db, id, 0.6);
  expect(await again()).toContain('scoring: 1 of 2 shards');

  const waiting = submitting(name, '--wait');
  await scoreNext(api.db, id, 0.7);
  const { code, stdout } = await waiting.ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining('clevr.average  70.0%')]);
  expect(await again()).toContain(`scored as "${name}" already, on the data that the board has now: it is not scored`);
  expect(await rows(name)).toBe(1);
});

test('what was refused or cancelled is tried anew', async () => {
  const refused = await submitted('refused');
  const claimed = await claimedInspection(api.db, refused.evaluationId);
  const why = { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' } as const;
  await refuse(api.db, claimed, why);
  const cancelled = await submitted('refused');
  await cancel(api.db, 'anonymous', cancelled.evaluationId);
  const last = await submitted('refused');
  expect(new Set([refused, cancelled, last].map(({ evaluationId }) => evaluationId)).size).toBe(3);
  expect([cancelled.repeated, last.repeated]).toEqual([false, false]);
});
