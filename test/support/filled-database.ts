import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { applyMigrations, applyQueueMigrations, committed } from '@gdbench/prisma/apply-migrations';
import { openDatabase } from '@gdbench/prisma/database';
import { inject } from 'vitest';
import type { TestDatabase } from './database.ts';
import { databaseUrl, runOn } from './server.ts';

/** The newest migration that the version had which filled the database. */
const LAST = '20261129080000_inspection_reports';

/** A database as an earlier version left it, with evaluations in every state; nothing of it is migrated yet. */
export async function filledDatabase(): Promise<TestDatabase> {
  const server = inject('templateUrl');
  const name = `gdbench_filled_${randomUUID().replaceAll('-', '')}`;
  const url = databaseUrl(server, name);
  await runOn(server, `CREATE DATABASE "${name}"`);
  await applyMigrations(url, committed().slice(0, committed().indexOf(LAST) + 1));
  await applyQueueMigrations(url);
  const db = openDatabase(url);
  await db.pool.query(await readFile('test/reference/databases/2026-11-29.sql', 'utf8'));
  await db.close();
  return { url, drop: () => runOn(server, `DROP DATABASE "${name}" WITH (FORCE)`) };
}
