import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../test/support/database.ts';
import { filledDatabase } from '../test/support/filled-database.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

let made: TestDatabase;
let db: Database;
/** Ids of evaluations and of submissions, by the name of their checkpoint, before the migration. */
let before: { name: string; evaluationId: string; submissionId: string; state: string }[];

beforeAll(async () => {
  made = await filledDatabase();
  db = openDatabase(made.url);
  const { rows } = await db.pool.query(`
    SELECT c.name, e.id AS "evaluationId", e."submissionId", e.state FROM "Evaluation" e
    JOIN "Checkpoint" c ON c.id = e."checkpointId" ORDER BY e."createdAt"`);
  before = rows;
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
