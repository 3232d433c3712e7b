import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@gdbench/prisma/database';
import { migrate } from '@gdbench/prisma/migrate';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../setup/postgres.ts';
import { makeBoard } from './board.ts';
import { databaseUrl, runOn } from './server.ts';

/** One PostgreSQL and one migrated template database for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.DATABASE_URL ? theirs(process.env.DATABASE_URL) : await ours();
  const name = `gdbench_template_${process.pid}`;
  const templateUrl = databaseUrl(server.url, name);
  await migrate(templateUrl);
  const template = openDatabase(templateUrl, { poolSize: 1 });
  await makeBoard(template);
  await template.close();
  project.provide('templateUrl', templateUrl);
  return async () => {
    await runOn(server.url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`).finally(server.stop);
  };
}

function theirs(url: string) {
  return { url, stop: async () => undefined };
}

async function ours() {
  const dir = await mkdtemp(join(tmpdir(), 'gdbench-test-postgres-'));
  const server = await startEmbeddedPostgres({ dir, durable: false });
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}
