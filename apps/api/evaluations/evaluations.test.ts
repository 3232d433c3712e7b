import { cancel } from '@gdbench/prisma/evaluations';
import { refuse } from '@gdbench/prisma/inspection';
import { createSubmission, failUpload } from '@gdbench/prisma/submissions';
import { ask } from '@gdbench/schema/ask';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EvaluationState, EvaluationsDocument, type EvaluationsQuery } from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { claimedInspection, finishAs, newSubmission, submitStored } from '../../../test/support/evaluation.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.db.pool.query('TRUNCATE "Checkpoint", "Submission", "Evaluation" CASCADE');
});

type Page = EvaluationsQuery['evaluations'];

const page = async (first: number, after: string | null = null, states: EvaluationState[] | null = null) =>
  (await ask(api.url, EvaluationsDocument, { first, after, states })).evaluations;

const namesOf = ({ edges }: Page) => edges.map(({ node }) => node.checkpoint.name);

/** All that a state can become, the oldest first. */
async function make(name: string, what: 'done' | 'refused' | 'failed' | 'cancelled' | 'waiting'): Promise<void> {
  const { db } = api;
  if (what === 'done') return void (await finishAs(db, name, 0.5));
  if (what === 'failed') {
    const { evaluationId } = await createSubmission(db, newSubmission(name));
    return void (await failUpload(db, 'service', evaluationId, {
      reason: 'Its files never came.',
      remedy: 'Send them.',
    }));
  }
  const { evaluationId } = await submitStored(db, name);
  if (what === 'cancelled') await cancel(db, 'anonymous', evaluationId);
  if (what !== 'refused') return;
  const claimed = await claimedInspection(db, evaluationId);
  const why = { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' } as const;
  await refuse(db, claimed, why);
}

const KINDS = ['done', 'refused', 'failed', 'cancelled', 'waiting'] as const;

it.each([1, 2, 3, 10])(
  'pages of %i hold each evaluation once, the newest first, while others arrive and end',
  async (first) => {
    const before = Array.from({ length: 7 }, (_, i) => `before-${i}`);
    for (const [i, name] of before.entries()) await make(name, KINDS[i % KINDS.length]!);
    const seen: string[] = [];
    let after: string | null = null;
    for (let turn = 0; ; turn++) {
      const got: Page = await page(first, after);
      expect(got.edges.length).toBeLessThanOrEqual(first);
      expect(got.edges.at(-1)?.cursor ?? null).toBe(got.pageInfo.endCursor);
      seen.push(...namesOf(got));
      if (!got.pageInfo.hasNextPage) break;
      after = got.pageInfo.endCursor;
      // one arrives between two pages, and one that waited is given up
      await make(`later-${turn}`, KINDS[turn % KINDS.length]!);
      const waiting = await page(1, null, ['INSPECTING']);
      if (waiting.edges[0]) await cancel(api.db, 'anonymous', waiting.edges[0].node.id);
    }
    expect(seen).toEqual([...before].reverse());
    // those that arrived meanwhile are before them
    const all = namesOf(await page(100));
    expect(all.slice(-before.length)).toEqual([...before].reverse());
    expect(all.slice(0, -before.length)).toEqual(all.filter((name) => name.startsWith('later-')));
  },
);

it('evaluations of one instant are told apart by their ids, on whatever page they fall', async () => {
  for (let i = 0; i < 5; i++) await make(`same-${i}`, 'waiting');
  await api.db.pool.query(`UPDATE "Evaluation" SET "createdAt" = '2026-01-01T00:00:00.123Z'`);
  const rows = await api.db.sql.selectFrom('Evaluation').select('id').orderBy('id', 'desc').execute();
  const seen: string[] = [];
  for (let after: string | null = null, hasNext = true; hasNext; ) {
    const { edges, pageInfo } = await page(2, after);
    seen.push(...edges.map(({ node }) => node.id));
    [after, hasNext] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  expect(seen).toEqual(rows.map(({ id }) => id));
});

it('a page of some states holds those alone; an empty one has no cursor', async () => {
  for (const kind of KINDS) await make(kind, kind);
  expect(namesOf(await page(10, null, ['REFUSED', 'FAILED']))).toEqual(['failed', 'refused']);
  const one = await page(1, null, ['DONE', 'CANCELLED']);
  expect([namesOf(one), one.pageInfo.hasNextPage]).toEqual([['cancelled'], true]);
  const last = await page(1, one.pageInfo.endCursor, ['DONE', 'CANCELLED']);
  expect([namesOf(last), last.pageInfo.hasNextPage]).toEqual([['done'], false]);
  expect(await page(1, last.pageInfo.endCursor)).toEqual({
    edges: [],
    pageInfo: { hasNextPage: false, endCursor: null },
  });
});
