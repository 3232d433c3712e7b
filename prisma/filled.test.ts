import { PROTOCOLS } from '@gdbench/benchmark/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../test/support/database.ts';
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

test('migrating keeps every evaluation and submission under its id', async () => {
  const { rows } = await db.pool.query(
    'SELECT id AS "evaluationId", "submissionId" FROM "Evaluation" ORDER BY "createdAt"',
  );
  expect(rows).toEqual(before.map(({ evaluationId, submissionId }) => ({ evaluationId, submissionId })));
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
