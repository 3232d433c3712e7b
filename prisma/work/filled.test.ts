import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../../test/support/database.ts';
import { each } from '../../test/support/each.ts';
import { claimedInspection, completeTruly, summariseTruly } from '../../test/support/evaluation.ts';
import { filledDatabase } from '../../test/support/filled-database.ts';
import { type Database, openDatabase } from '../database.ts';
import { readEvaluation } from '../evaluations.ts';
import { migrate } from '../migrate.ts';
import { claim, sweep } from '../work.ts';

/** What stood in a shard's row before, as the database gives it. */
interface OldShard {
  readonly id: string;
  readonly evaluationId: string;
  readonly task: string;
  readonly from: number;
  readonly to: number;
  readonly state: string;
  readonly attempts: number;
  readonly errorsSha256: string | null;
}

const OLD_SHARDS = `
  SELECT id, "evaluationId", task, "from", "to", state, attempts, "errorsSha256" FROM "Shard" ORDER BY id`;
const OLD_INSPECTIONS = `SELECT id FROM "Evaluation" WHERE state = 'INSPECTING' ORDER BY id`;
/** Of an evaluation that goes on, shards that are not done are counted later. */
const ENDED = `e.state IN ('DONE', 'FAILED', 'CANCELLED')`;
/** An evaluation waits while its checkpoint is what it was itself. */
const STATE = `CASE WHEN e.state::text IN ('UPLOADING', 'INSPECTING') THEN 'WAITING' ELSE e.state::text END`;
const COUNTERS = `
  SELECT e.id, ${STATE} AS state, e."shardsDone", CASE WHEN ${ENDED} THEN e."shardsTotal" END AS "shardsTotal", e."retriedShards",
    (SELECT json_agg(json_build_array(
      t.task, t.examples, t."examplesDone", t."shardsDone", CASE WHEN ${ENDED} THEN t."shardsTotal" END, t.ties) ORDER BY t.position)
     FROM "EvaluationTask" t WHERE t."evaluationId" = e.id) AS tasks
  FROM "Evaluation" e ORDER BY e.id`;
const JOBS = `SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier IN ('inspect', 'score')`;

let made: TestDatabase;
let db: Database;
let shards: OldShard[];
let inspected: string[];
let counters: unknown[];

const rowsOf = async (statement: string) => (await db.pool.query(statement)).rows;

beforeAll(async () => {
  made = await filledDatabase();
  db = openDatabase(made.url);
  shards = await rowsOf(OLD_SHARDS);
  inspected = (await rowsOf(OLD_INSPECTIONS)).map(({ id }) => id);
  counters = await rowsOf(COUNTERS);
  await migrate(made.url);
});
afterAll(async () => {
  await db.close();
  await made.drop();
});

test('shards are work under their ids, with their artifacts; leases in flight are given back, and no job is left', async () => {
  expect([...new Set(shards.map(({ state }) => state))].sort()).toEqual(
    expect.arrayContaining(['DONE', 'QUEUED', 'RUNNING']),
  );
  const work = await db.prisma.work.findMany({
    where: { kind: 'SCORE' },
    orderBy: { id: 'asc' },
    include: { shard: true },
  });
  expect(work.map(({ id }) => id)).toEqual(shards.map(({ id }) => id));
  for (const [i, { state, attempts, leaseToken, leaseExpiresAt, shard, evaluationId }] of each(work).entries()) {
    const before = shards[i]!;
    const wasRunning = before.state === 'RUNNING';
    expect({ state, attempts, leaseToken, leaseExpiresAt, evaluationId }).toEqual({
      state: wasRunning ? 'QUEUED' : before.state,
      attempts: wasRunning ? before.attempts - 1 : before.attempts,
      leaseToken: null,
      leaseExpiresAt: null,
      evaluationId: before.evaluationId,
    });
    expect(shard).toMatchObject({
      ...{ task: before.task, from: before.from, to: before.to, errorsSha256: before.errorsSha256 },
    });
  }
  expect(await rowsOf(COUNTERS)).toEqual(counters);
  expect(await rowsOf(JOBS)).toEqual([{ n: 0 }]);
  expect(await sweep(db)).toEqual({ requeued: 0, failed: 0 });
});

test('what was being inspected waits for its inspection', async () => {
  expect(inspected.length).toBeGreaterThan(0);
  for (const id of each(inspected))
    expect(await claimedInspection(db, id)).toMatchObject({ next: { evaluationId: id } });
});

test('an evaluation that was under way goes on to its end, every example once', async () => {
  const underWay = [...new Set(shards.filter(({ state }) => state !== 'DONE').map(({ evaluationId }) => evaluationId))];
  const evaluations = await Promise.all(underWay.map((id) => readEvaluation(db, id)));
  const unfinished = evaluations.filter((one) => one?.state === 'QUEUED' || one?.state === 'SCORING');
  expect(unfinished.length).toBeGreaterThan(1);
  const anything = { worker: 'after', kinds: ['SCORE'], loaded: null, onDisk: [] } as const;
  for (let work = await claim(db, anything); work?.kind === 'SCORE'; work = await claim(db, anything)) {
    expect(await completeTruly(db, work)).toBe('done');
    await summariseTruly(db, work.evaluationId, work.task);
  }
  for (const evaluation of each(unfinished)) {
    const id = evaluation!.id;
    const end = await readEvaluation(db, id);
    expect(end).toMatchObject({ state: 'DONE', rowsDone: end?.rowsTotal });
    expect(end?.shardsDone).toBe(end?.shardsTotal);
    for (const { task, examples } of each(end?.tasks ?? [])) {
      const stored = await db.prisma.exampleScore.findMany({
        where: { evaluationId: id, task },
        select: { index: true },
      });
      expect(stored.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
        Array.from({ length: examples }, (_, i) => i),
      );
    }
  }
});
