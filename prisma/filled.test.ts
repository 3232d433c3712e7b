import { PROTOCOLS } from '@gdbench/benchmark/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../test/support/database.ts';
import { each } from '../test/support/each.ts';
import { filledDatabase } from '../test/support/filled-database.ts';
import { readBoards } from './boards.ts';
import { type Database, openDatabase } from './database.ts';
import { readEvaluations } from './evaluations.ts';
import { type BoardCell, readBoard } from './leaderboard.ts';
import { migrate } from './migrate.ts';

let made: TestDatabase;
let db: Database;
/** Ids of evaluations and of submissions, by the name of their checkpoint, before the migration. */
let before: { name: string; evaluationId: string; submissionId: string; state: string }[];
/** Checkpoints and files, and how many results there were. */
let old: {
  checkpoints: { id: string; sha256: string }[];
  files: { id: string; path: string; sha256: string }[];
  results: number;
};
/** Rows of the board by their evaluations, and what each showed by "<task>.<metric>": [value, low, high, n, complete]. */
let board: Map<string, Record<string, BoardCell>>;

beforeAll(async () => {
  made = await filledDatabase();
  db = openDatabase(made.url);
  const { rows } = await db.pool.query(`
    SELECT c.name, e.id AS "evaluationId", e."submissionId", e.state FROM "Evaluation" e
    JOIN "Checkpoint" c ON c.id = e."checkpointId" ORDER BY e."createdAt"`);
  before = rows;
  const shown = await db.pool.query('SELECT "evaluationId", results FROM "LeaderboardRow"');
  old = {
    checkpoints: (await db.pool.query('SELECT id, sha256 FROM "Checkpoint"')).rows,
    files: (await db.pool.query('SELECT id, path, sha256 FROM "SubmissionFile"')).rows,
    results: (await db.pool.query('SELECT count(*)::int AS n FROM "TaskResult"')).rows[0].n,
  };
  board = new Map(shown.rows.map(({ evaluationId, results }) => [evaluationId, results]));
  await migrate(made.url);
});
afterAll(async () => {
  await db.close();
  await made.drop();
});

test('a database of an earlier version is filled with evaluations in every state', () => {
  expect(before).toHaveLength(20);
  expect([...new Set(before.map(({ state }) => state))].sort()).toEqual([
    'CANCELLED',
    'DONE',
    'FAILED',
    'INSPECTING',
    'QUEUED',
    'REFUSED',
    'SCORING',
    'UPLOADING',
  ]);
});

const query = async (sql: string) => (await db.pool.query(sql)).rows;

test('migrating keeps every evaluation and submission under its id, and the name is the submission’s', async () => {
  const rows = await query(`
    SELECT s.name, e.id AS "evaluationId", s.id AS "submissionId" FROM "Evaluation" e
    JOIN "Submission" s ON s.id = e."submissionId" ORDER BY e."createdAt"`);
  expect(rows).toEqual(before.map(({ name, evaluationId, submissionId }) => ({ name, evaluationId, submissionId })));
});

test('a migrated board shows the same figures, of which there is one copy', async () => {
  const ids = [...board.keys()];
  expect([...board.values()].flatMap(Object.keys).length).toBeGreaterThan(20);
  const [only] = await readBoards(db);
  const shown: string[] = [];
  for (const { id } of only?.measurements ?? []) {
    const { rows } = await readBoard(db, { boardId: only!.id, measurementId: id, first: 100, protocols: PROTOCOLS });
    for (const { evaluationId, results } of rows) expect(results).toEqual(board.get(evaluationId));
    shown.push(...rows.map(({ evaluationId }) => evaluationId));
  }
  // each in the list of its measurement, but for the older of two that are equal
  const superseded = await db.prisma.leaderboardRow.findMany({ where: { superseded: true } });
  expect([...shown, ...superseded.map(({ evaluationId }) => evaluationId)].sort()).toEqual(ids.sort());
  expect(superseded).toHaveLength(1);
  const evaluations = await readEvaluations(db, ids);
  for (const [id, results] of board)
    expect(
      evaluations
        .get(id)
        ?.results.map(({ task, metric }) => `${task}.${metric}`)
        .sort(),
    ).toEqual(Object.keys(results).sort());
});

test('equal checkpoints become the oldest; ids of checkpoints and files of before still lead somewhere', async () => {
  const merged = await query('SELECT sha256, count(*)::int AS n FROM "Checkpoint" GROUP BY sha256 HAVING count(*) > 1');
  expect(merged).toEqual([]);
  for (const { id, sha256 } of each(old.checkpoints)) {
    const [now] = await query(
      `SELECT c.sha256 FROM "Checkpoint" c WHERE c.id = coalesce((SELECT "becameId" FROM "FormerId" WHERE id = '${id}'), '${id}')`,
    );
    expect(now).toEqual({ sha256 });
  }
  for (const { id, path, sha256 } of each(old.files)) {
    const [now] = await query(
      `SELECT f.path, f.sha256 FROM "CheckpointFile" f WHERE f.id = coalesce((SELECT "becameId" FROM "FormerId" WHERE id = '${id}'), '${id}')`,
    );
    expect(now).toEqual({ path, sha256 });
  }
});

test.each([
  ['alpha', 'READY', ['DONE', 'DONE', 'DONE', 'DONE']],
  ['refused', 'REFUSED', ['REFUSED']],
  ['refused, accepted elsewhere', 'READY', ['REFUSED']],
  ['uploading', 'UPLOADING', ['WAITING']],
  ['uploading under another name', 'UPLOADING', ['WAITING']],
  ['never came', 'UPLOADING', ['FAILED']],
  ['eight', 'INSPECTING', ['WAITING']],
  ['in inspection', 'INSPECTING', ['WAITING']],
  ['queued', 'READY', ['QUEUED']],
  ['scoring', 'READY', ['SCORING']],
  ['failed', 'READY', ['FAILED']],
  ['cancelled', 'READY', ['CANCELLED']],
])('%s: its checkpoint is %s, its evaluations are %j', async (name, checkpoint, evaluations) => {
  const rows = await query(`
    SELECT c.state AS checkpoint, e.state AS evaluation FROM "Evaluation" e JOIN "Checkpoint" c ON c.id = e."checkpointId"
    JOIN "Submission" s ON s.id = e."submissionId" WHERE s.name = '${name}' ORDER BY e."createdAt"`);
  expect(rows).toEqual(evaluations.map((evaluation) => ({ checkpoint, evaluation })));
});

test('leases in flight are given back, and nobody holds anything', async () => {
  expect(await query(`SELECT kind FROM "Work" WHERE state = 'RUNNING' OR "leaseToken" IS NOT NULL`)).toEqual([]);
  const waits = await query(`
    SELECT w.kind, coalesce(s.name, c.sha256) AS of, count(*)::int AS n FROM "Work" w JOIN "Checkpoint" c ON c.id = w."checkpointId"
    LEFT JOIN "Evaluation" e ON e.id = w."evaluationId" LEFT JOIN "Submission" s ON s.id = e."submissionId"
    WHERE w.state = 'QUEUED' GROUP BY 1, 2 ORDER BY 1, 2`);
  const inspected = await query(`SELECT sha256 FROM "Checkpoint" WHERE state = 'INSPECTING' ORDER BY sha256`);
  expect(waits).toEqual([
    ...inspected.map(({ sha256 }) => ({ kind: 'INSPECT', of: sha256, n: 1 })),
    { kind: 'SCORE', of: 'queued', n: 3 },
    { kind: 'SCORE', of: 'scoring', n: 2 },
  ]);
});

test('each budget and data version is a measurement of one board, whose present one is the newest’s', async () => {
  const rows = await query(`
    SELECT s.name, m.samples, m."limit", (SELECT string_agg(DISTINCT t."dataVersion", ',') FROM "EvaluationTask" t WHERE t."evaluationId" = e.id) AS data,
      m.id, count(*)::int AS n FROM "Evaluation" e JOIN "Submission" s ON s.id = e."submissionId"
    JOIN "Measurement" m ON m.id = e."measurementId" GROUP BY 1, 2, 3, 4, 5, e."createdAt" ORDER BY e."createdAt"`);
  const key = (row: Record<string, unknown>) => JSON.stringify([row.samples, row.limit, row.data]);
  // the full sets have three tasks, those of the last four two
  const byId = new Map<string, Set<string>>();
  for (const row of each(rows)) byId.set(row.id, (byId.get(row.id) ?? new Set()).add(key(row)));
  for (const keys of each(byId.values())) expect(keys.size).toBe(1);
  expect(rows.filter(({ name }) => name === 'alpha').map(({ samples, data }) => [samples, data])).toEqual([
    [10, 'v1'],
    [25, 'v1'],
    [25, 'v2'],
    [25, 'v2'],
  ]);
  const [board] = await query(`SELECT slug, samples, seed, "limit", "measurementId" FROM "Board"`);
  expect(board).toMatchObject({ slug: 'builtin', samples: 25, seed: 0, limit: null });
  expect(board?.measurementId).toBe(rows.at(-1)?.id);
});

test('of equal evaluations the newest ranks; all keep their results, under their measurement', async () => {
  const rows = await query(`
    SELECT r.superseded FROM "LeaderboardRow" r JOIN "Evaluation" e ON e.id = r."evaluationId" JOIN "Submission" s ON s.id = e."submissionId"
    WHERE s.name = 'twin' ORDER BY e."createdAt"`);
  expect(rows).toEqual([{ superseded: true }, { superseded: false }]);
  const others = await query(`
    SELECT s.name FROM "LeaderboardRow" r JOIN "Evaluation" e ON e.id = r."evaluationId" JOIN "Submission" s ON s.id = e."submissionId"
    WHERE r.superseded AND s.name <> 'twin'`);
  expect(others).toEqual([]);
  const [results] = await query(`
    SELECT count(*)::int AS n, count(*) FILTER (WHERE r."measurementId" = e."measurementId")::int AS same FROM "Result" r JOIN "Evaluation" e ON e.id = r."evaluationId"`);
  expect(results).toEqual({ n: old.results, same: old.results });
});
