import { cancel } from '@gdbench/prisma/evaluations';
import { refuse } from '@gdbench/prisma/inspection';
import { createSubmission, failUpload } from '@gdbench/prisma/submissions';
import { announce } from '@gdbench/settings/running-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { gdbench } from '../../../test/support/command.ts';
import { each } from '../../../test/support/each.ts';
import {
  acceptAs,
  claimedInspection,
  finishAs,
  newSubmission,
  scoreNext,
  submitStored,
} from '../../../test/support/evaluation.ts';
import { newFolder } from '../../../test/support/folder.ts';

const NAMES = ['done', 'refused', 'failed', 'cancelled', 'scoring', 'queued', 'inspecting', 'uploading'] as const;

let api: TestApi;
const home = newFolder();
let withdraw: () => void;
const ids = new Map<string, { submissionId: string; evaluationId: string }>();
beforeAll(async () => {
  api = await startTestApi();
  withdraw = announce(home, api.url);
  const { db } = api;
  for (const name of NAMES) {
    if (name === 'done') {
      ids.set(name, await finishAs(db, name, 0.7));
      continue;
    }
    const isSent = name !== 'uploading' && name !== 'failed';
    const made = isSent ? await submitStored(db, name) : await createSubmission(db, newSubmission(name));
    const { evaluationId } = made;
    ids.set(name, made);
    if (name === 'scoring' || name === 'queued') await acceptAs(db, evaluationId, { protocol: 'cosine' });
    if (name === 'scoring') await scoreNext(db, evaluationId, 0.6);
    if (name === 'cancelled') await cancel(db, 'anonymous', evaluationId);
    if (name === 'failed')
      await failUpload(db, 'service', evaluationId, { reason: 'Its files never came.', remedy: 'Send them.' });
    if (name === 'refused') {
      const claimed = await claimedInspection(db, evaluationId);
      const why = { fault: 'SUBMITTER', reason: 'It is \u001b[31mnone.', remedy: 'Export it again.' } as const;
      await refuse(db, claimed, why);
    }
  }
});
afterAll(async () => {
  withdraw();
  await api.close();
});

/** Runs a command that finds the server by its home alone. */
const run = (...words: string[]) => gdbench(words, { GDBENCH_HOME: home }).ended;

async function json<T>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

interface Page {
  evaluations: {
    id: string;
    submissionId: string;
    state: string;
    checkpoint: { name: string };
    failure: object | null;
  }[];
  hasNextPage: boolean;
  endCursor: string | null;
}
const namesOf = ({ evaluations }: Page) => evaluations.map(({ checkpoint }) => checkpoint.name);

test('all evaluations are listed, newest first, whatever became of them', async () => {
  const page = await json<Page>('list');
  expect(namesOf(page)).toEqual([...NAMES].reverse());
  expect(page.hasNextPage).toBe(false);
  for (const { checkpoint, id, submissionId, state } of each(page.evaluations)) {
    expect(ids.get(checkpoint.name)).toMatchObject({ submissionId, evaluationId: id });
    expect(state).toBe(checkpoint.name.toUpperCase());
  }
  const { code, stdout } = await run('list');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(NAMES.length + 1);
  for (const [i, name] of [...NAMES].reverse().entries())
    expect(lines[i + 1]).toContain(`${name.toUpperCase().padEnd(10)}  ${name}`);
  expect(stdout).toContain('Its files never came.');
  expect(stdout).toContain('1 of 2 shards');
  // what a stranger's file is called cannot steer the terminal
  expect(stdout).not.toContain('\u001b');
});

test('pages follow each other without a gap, and the last line of one is the command of the next', async () => {
  const seen: string[] = [];
  let words = ['list', '--first', '3'];
  for (;;) {
    const page = await json<Page>(...words);
    seen.push(...namesOf(page));
    const { stdout } = await run(...words);
    const more = /^More: npx gdbench (.*)$/m.exec(stdout)?.[1];
    expect(more !== undefined).toBe(page.hasNextPage);
    if (more === undefined) break;
    words = more.split(' ');
  }
  expect(seen).toEqual([...NAMES].reverse());
});

test('those in some states alone are listed, page by page too', async () => {
  expect(namesOf(await json('list', '--state', 'refused,FAILED'))).toEqual(['failed', 'refused']);
  const first = await json<Page>('list', '--state', 'done,queued,scoring', '--first', '2');
  expect([namesOf(first), first.hasNextPage]).toEqual([['queued', 'scoring'], true]);
  const second = await json<Page>('list', '--state', 'done,queued,scoring', '--after', first.endCursor ?? '');
  expect([namesOf(second), second.hasNextPage]).toEqual([['done'], false]);
});

test.each([
  [['list', '--state', 'lost'], /^--state names "lost", which is no state: give some of UPLOADING, /],
  [['list', '--first', '101'], /^--first is 101: give a whole number from 1 to 100\.$/m],
])('%j is told in one sentence', async (words, sentence) => {
  const { code, stdout, stderr } = await run(...words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
});

test('a cursor of nowhere is told in one sentence', async () => {
  const { code, stderr } = await run('list', '--after', 'nowhere');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^The server answered: The cursor is not one [^\n]*\n$/)]);
});

test('status is one look at an evaluation, by either id, whatever its state', async () => {
  for (const [i, name] of NAMES.entries()) {
    const { submissionId, evaluationId } = ids.get(name) ?? { submissionId: '', evaluationId: '' };
    const one = await json('status', i % 2 === 0 ? submissionId : evaluationId);
    expect(one).toMatchObject({ id: evaluationId, submissionId, state: name.toUpperCase(), url: null });
  }
  const { stdout } = await run('status', ids.get('done')?.submissionId ?? '');
  expect(stdout).toMatch(/^done: done\n {2}clevr\.average {2}70\.0%/);
  const refused = await run('status', ids.get('refused')?.submissionId ?? '');
  expect(refused.stdout).toMatch(/^refused: refused\nIt is .*none\. Export it again\.\n/);
});

test('an evaluation under way is cancelled by either id, once; nothing else is', async () => {
  const { submissionId, evaluationId } = ids.get('inspecting') ?? { submissionId: '', evaluationId: '' };
  expect(await json('cancel', submissionId)).toEqual({ submissionId, evaluationId, state: 'CANCELLED' });
  const again = await run('cancel', evaluationId);
  expect([again.code, again.stdout]).toEqual([1, '']);
  expect(again.stderr).toMatch(/^This evaluation has ended already: it is CANCELLED\. [^\n]*\n$/);
  const nobody = await run('cancel', '00000000-0000-7000-8000-000000000000');
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('gdbench list names those that it has')]);
});

test('without a word of its own the server is that of the home, and an address that is given goes before it', async () => {
  const other = await gdbench(['list', '--server', 'http://127.0.0.1:1'], { GDBENCH_HOME: home }).ended;
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('http://127.0.0.1:1') });
  const named = await gdbench(['list'], { GDBENCH_HOME: home, GDBENCH_SERVER: 'http://127.0.0.1:2' }).ended;
  expect(named.stderr).toContain('http://127.0.0.1:2');
  const ported = await gdbench(['list'], { GDBENCH_HOME: home, API_PORT: '3' }).ended;
  expect(ported.stderr).toContain('http://localhost:3');
});
