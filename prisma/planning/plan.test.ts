import { expect, test } from 'vitest';
import { ASK, askFor, readPresent } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import {
  acceptAs,
  claimedInspection,
  claimedPlan,
  expireLeases,
  finishAs,
  scoreNext,
  submitStored,
} from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import { readBoards } from '../boards.ts';
import { readEvaluation } from '../evaluations.ts';
import { accept } from '../inspection.ts';
import { type Plan, plan } from '../planning.ts';
import { evaluateAgain } from '../submissions.ts';
import { fail, release, sweep } from '../work.ts';

const database = testFileDatabase();

const edition = { state: 'unknown', name: null, examples: 3, of: null } as const;
const decided: Plan = {
  ask: ASK,
  dataVersion: 'set',
  warnings: ['slow'],
  tasks: [
    { task: 'clevr', dataVersion: 'v', examples: 3, edition, cost: 8 },
    { task: 'pets', dataVersion: 'w', examples: 2, edition, cost: 4 },
  ],
};

/** An evaluation that is to be planned. */
async function queued(): Promise<string> {
  const { evaluationId } = await submitStored(database());
  await accept(database(), await claimedInspection(database(), evaluationId), reportFor('diffusion-itm'));
  return evaluationId;
}

test('a plan gives tasks, a shard of each in their order, a measurement and a row on the board', async () => {
  const evaluationId = await queued();
  const work = await claimedPlan(database(), evaluationId);
  expect(work).toMatchObject({ protocol: 'diffusion-itm', ask: ASK, report: { kind: 'diffusion' } });
  expect(await plan(database(), work, decided)).toBe('planned');
  expect(await plan(database(), work, decided)).toBe('fenced');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'QUEUED',
    warnings: ['slow'],
    shardsTotal: 2,
    rowsTotal: 12,
    measurement: { ...ASK, dataVersion: 'set', isPresent: true },
    tasks: [
      { task: 'clevr', dataVersion: 'v', examples: 3, examplesDone: 0, shardsDone: 0, shardsTotal: 1, ties: null },
      { task: 'pets', dataVersion: 'w', examples: 2, examplesDone: 0, shardsDone: 0, shardsTotal: 1, ties: null },
    ],
  });
  const shards = await database().prisma.work.findMany({
    where: { evaluationId, kind: 'SCORE' },
    orderBy: { position: 'asc' },
    select: { position: true, state: true, shard: { select: { task: true, from: true, to: true, cost: true } } },
  });
  expect(shards).toEqual([
    { position: 0, state: 'QUEUED', shard: { task: 'clevr', from: 0, to: 3, cost: 8 } },
    { position: 3, state: 'QUEUED', shard: { task: 'pets', from: 0, to: 2, cost: 4 } },
  ]);
  const { rows } = await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] });
  expect(rows.map((row) => row.evaluationId)).toContain(evaluationId);
});

test.each([
  ['no examples', { examples: 0, cost: 3 }],
  ['no rows', { examples: 3, cost: 0 }],
  ['part of an example', { examples: 2.5, cost: 3 }],
])('a plan with %s is refused', async (_, of) => {
  const work = await claimedPlan(database(), await queued());
  const bad = { ...decided, tasks: [{ task: 'clevr', dataVersion: 'v', edition, ...of }] };
  await expect(plan(database(), work, bad)).rejects.toThrow(/plan of clevr/);
  await expect(plan(database(), work, { ...decided, tasks: [] })).rejects.toThrow(/at least one task/);
  expect(await plan(database(), work, decided)).toBe('planned');
});

test('a plan for what the board asked before is none', async () => {
  const evaluationId = await queued();
  const work = await claimedPlan(database(), evaluationId);
  await askFor(database(), { ...ASK, samples: 50 });
  expect(await plan(database(), work, decided)).toBe('outdated');
  expect(await release(database(), work)).toBe(true);
  const again = await claimedPlan(database(), evaluationId);
  expect(again.ask.samples).toBe(50);
  expect(await plan(database(), again, { ...decided, ask: again.ask })).toBe('planned');
  await askFor(database(), ASK);
});

test('a plan that is lost is made by another, and one that cannot be made fails the evaluation alone', async () => {
  const evaluationId = await queued();
  const lost = await claimedPlan(database(), evaluationId);
  await expireLeases(database(), evaluationId);
  expect(await sweep(database())).toEqual({ requeued: 1, failed: 0 });
  const work = await claimedPlan(database(), evaluationId);
  expect(await plan(database(), lost, decided)).toBe('fenced');
  const why = { error: 'No task can be scored.', remedy: 'Wait.', fault: 'SERVICE', permanent: true } as const;
  expect(await fail(database(), work, why)).toBe('failed');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'FAILED',
    reason: why.error,
    checkpoint: { state: 'READY' },
  });
});

const listed = async () =>
  (await readPresent(database(), { first: 100, protocols: ['cosine', 'diffusion-itm'] })).rows.map(
    ({ evaluationId }) => evaluationId,
  );

test('rows of what the board asked before, or on other data, are not ranked beside those of now', async () => {
  const before = await finishAs(database(), 'measured before', 0.9);
  await askFor(database(), { ...ASK, samples: 100 });
  const now = await finishAs(database(), 'measured now', 0.1);
  expect(await listed()).toEqual([now.evaluationId]);
  const [board] = await readBoards(database());
  expect(board?.present).toMatchObject({ samples: 100, dataVersion: 'test' });
  expect(board?.measurements.map(({ samples, dataVersion }) => [samples, dataVersion])).toContainEqual([25, 'test']);
  // what was asked before is the same measurement again
  await askFor(database(), ASK);
  const again = await finishAs(database(), 'measured again', 0.5);
  const ids = await listed();
  expect(ids).toContain(before.evaluationId);
  expect(ids).toContain(again.evaluationId);
  expect(ids).not.toContain(now.evaluationId);
});

test('of equal evaluations the newest that is done ranks, also where an older one ends after it', async () => {
  const first = await finishAs(database(), 'twin', 0.6);
  const rerun = async () => {
    const stored = new Set((await storedOf(first.submissionId)).map(({ sha256 }) => sha256));
    const outcome = await evaluateAgain(database(), 'anonymous', first.evaluationId, stored);
    if (!outcome?.ok) throw new Error('It was not evaluated again.');
    const { id } = await database().prisma.evaluation.findUniqueOrThrow({
      where: { submissionId: outcome.submissionId },
    });
    await acceptAs(database(), id, { shards: { clevr: [1] } });
    return id;
  };
  const [second, third] = [await rerun(), await rerun()];
  expect(await listed()).toEqual(expect.arrayContaining([first.evaluationId, second, third]));
  await scoreNext(database(), third, 0.7);
  expect(await listed()).toContain(third);
  for (const id of [first.evaluationId, second]) expect(await listed()).not.toContain(id);
  await scoreNext(database(), second, 0.8);
  expect(await listed()).not.toContain(second);
  expect(await readEvaluation(database(), second)).toMatchObject({ state: 'DONE' });
});

const storedOf = (submissionId: string) =>
  database().prisma.checkpointFile.findMany({ where: { checkpoint: { submissions: { some: { id: submissionId } } } } });

test('what has not ended is not evaluated again, and what is nothing neither', async () => {
  const { evaluationId } = await submitStored(database());
  expect(await evaluateAgain(database(), 'anonymous', evaluationId, new Set())).toEqual({
    ok: false,
    state: 'INSPECTING',
  });
  expect(await evaluateAgain(database(), 'anonymous', 'x', new Set())).toBeNull();
});
