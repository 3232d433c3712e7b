import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { readEvaluation } from '@gdbench/prisma/evaluations';
import { refuse } from '@gdbench/prisma/inspection';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/support/api.ts';
import { gdbench } from '../../test/support/command.ts';
import { claimedInspection } from '../../test/support/evaluation.ts';
import { newFolder } from '../../test/support/folder.ts';

const CHECKPOINT = join(process.cwd(), 'test/reference/odd-clip');

let api: TestApi;
const folder = newFolder();
beforeAll(async () => {
  api = await startTestApi({ PUBLIC_WEB_URL: 'http://localhost:3456/' });
  await mkdir(join(folder, 'empty'));
  await mkdir(join(folder, 'linked'));
  await symlink('/etc/hostname', join(folder, 'linked/model.onnx'));
  await writeFile(join(folder, 'file'), '');
  await cp(CHECKPOINT, join(folder, '  of\ttoday '), { recursive: true });
});
afterAll(() => api.close());

/** Runs a command against the test's API. */
const run = (...words: string[]) => gdbench([...words, '--server', api.url]).ended;

test.concurrent.for([
  ['an unknown flag', () => ['submit', CHECKPOINT, '--name', 'x', '--fast'], 2, /^Unknown option '--fast'/],
  ['no folder', () => ['submit'], 2, /^Missing required argument 'dir': see gdbench submit --help\.$/m],
  ['an empty name', () => ['submit', CHECKPOINT, '--name', ' '], 2, /0 characters: give 1 to 80/],
  ['a name that is too long', () => ['submit', CHECKPOINT, '--name', 'x'.repeat(81)], 2, /81 characters: give 1 to 80/],
  ['a folder that is not there', () => ['submit', join(folder, 'none'), '--name', 'x'], 2, /none is not there/],
  ['a file', () => ['submit', join(folder, 'file'), '--name', 'x'], 2, /file is a file/],
  ['an empty folder', () => ['submit', join(folder, 'empty'), '--name', 'x'], 1, /The folder is empty/],
  ['a link', () => ['submit', join(folder, 'linked'), '--name', 'x'], 1, /model\.onnx is a symbolic link/],
  [
    'an id that is unknown',
    () => ['watch', '00000000-0000-7000-8000-000000000000'],
    2,
    /knows no submission or evaluation/,
  ],
] as const)('%s ends with one sentence and the right code', async ([_what, words, code, sentence], { expect }) => {
  const ended = await run(...words());
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(sentence);
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
});

test('a server that is not there, or an address that is none, is told in one sentence', async () => {
  const absent = await gdbench(['watch', 'x', '--server', 'http://127.0.0.1:1']).ended;
  expect(absent).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^No server answers at http:\/\/127\.0\.0\.1:1: [^\n]+\n$/),
  });
  const none = await gdbench(['watch', 'x', '--server', 'leaderboard']).ended;
  expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--server is "leaderboard"[^\n]+\n$/) });
});

test('a folder is sent once; what the service holds already is not sent again; its refusal ends the watch with 1', async () => {
  const first = await run('submit', CHECKPOINT, '--name', 'first', '--json');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const { submissionId, evaluationId, url } = JSON.parse(first.stdout);
  expect(url).toBe(`http://localhost:3456/submissions/${submissionId}`);
  expect(await readEvaluation(api.db, evaluationId)).toMatchObject({ state: 'INSPECTING' });

  const second = await run('submit', CHECKPOINT, '--name', 'second');
  expect(second.code).toBe(0);
  expect(second.stdout).toMatch(/5 files, 5 of them stored already\./);

  const claimed = await claimedInspection(api.db, evaluationId);
  const why = { fault: 'SUBMITTER', reason: 'model.onnx is not an ONNX model.', remedy: 'Export it again.' } as const;
  await refuse(api.db, claimed, why);
  const watched = await run('watch', submissionId);
  expect(watched).toMatchObject({ code: 1, stderr: 'model.onnx is not an ONNX model. Export it again.\n' });
  const asJson = await run('watch', evaluationId, '--json');
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    id: evaluationId,
    state: 'REFUSED',
    failure: { fault: 'SUBMITTER' },
  });
});

test('a folder gives its name where none is given, cleaned of what cannot be shown', async () => {
  const { code, stdout } = await run('submit', join(folder, '  of\ttoday '));
  expect([code, stdout]).toEqual([0, expect.stringContaining('Submitting "of today": 5 files, ')]);
  const newest = await api.db.prisma.submission.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  expect(newest.name).toBe('of today');
});

test('the version is told, and each wrong use names the help of its own command', async () => {
  const version = await gdbench(['--version']).ended;
  expect(version).toMatchObject({ code: 0, stdout: `gdbench 0.1.0, scores of code version ${CODE_VERSION}\n` });
  const help = async (...words: string[]) => /see (.*)\.\n$/.exec((await gdbench(words).ended).stderr)?.[1];
  expect(await help('list', '--nonsense')).toBe('gdbench list --help');
  expect(await help('data', 'verify', '--nonsense')).toBe('gdbench data verify --help');
  expect(await help('nonsense')).toBe('gdbench --help');
});

test('settings that cannot serve are told all at once, in one line and without a password', async () => {
  const listing = gdbench(['list'], { GDBENCH_SERVER: 'localhost:4000', GDBENCH_TOKEN: 'my secret' });
  expect(await listing.ended).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'GDBENCH_SERVER is "localhost:4000": give an address like http://localhost:4000. GDBENCH_TOKEN is something else: give a token in one line of ASCII.\n',
  });
  const memory = { GDBENCH_MEMORY_MB: 'half' };
  const evaluating = gdbench(['evaluate', 'test/reference/odd-clip', '--out', '/nowhere/out'], memory);
  expect(await evaluating.ended).toEqual({
    code: 2,
    stdout: '',
    stderr: 'GDBENCH_MEMORY_MB is "half": give a whole number from 1 to 100000000.\n',
  });
});
