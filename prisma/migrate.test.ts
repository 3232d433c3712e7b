import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { databaseUrl, runOn } from '../test/support/server.ts';
import { runPrisma } from './engine/cli.mjs';
import { migrate } from './migrate.ts';

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the committed migrations make what schema.prisma says', async () => {
  const url = databaseUrl(inject('templateUrl'), 'postgres');
  const { code, output } = await runPrisma(
    ['migrate', 'diff', '--from-migrations', 'migrations', '--to-schema', 'schema.prisma', '--exit-code'],
    url,
  );
  expect(output).toContain('No difference detected');
  expect(code).toBe(0);
});

test('the comparison of migrations and schema sees a difference', async () => {
  const url = databaseUrl(inject('templateUrl'), 'postgres');
  const { code } = await runPrisma(
    ['migrate', 'diff', '--from-empty', '--to-schema', 'schema.prisma', '--exit-code'],
    url,
  );
  expect(code).toBe(2);
});

test('two processes that migrate a missing database at once both succeed, and each migration is applied once', async () => {
  const template = inject('templateUrl');
  const name = `gdbench_migrate_${randomUUID().replaceAll('-', '')}`;
  const url = databaseUrl(template, name);
  try {
    const said: string[] = [];
    const onProgress = (message: string) => said.push(message);
    await Promise.all([migrate(url, { onProgress }), migrate(url, { onProgress })]);
    expect(said.filter((message) => /to apply/.test(message))).toHaveLength(1);
    const applied = `SELECT migration_name, applied_steps_count FROM "_prisma_migrations" WHERE finished_at IS NOT NULL ORDER BY 1`;
    expect(await query(url, applied)).toEqual(await query(template, applied));
    expect(await query(url, 'SELECT count(*)::int AS n FROM "Evaluation"')).toEqual([{ n: 0 }]);
    expect(await query(url, 'SELECT count(*)::int AS n FROM graphile_worker.jobs')).toEqual([{ n: 0 }]);
    said.length = 0;
    await migrate(url, { onProgress });
    expect(said).toEqual([]);
  } finally {
    await runOn(template, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }
});

test('a server that is not there is one sentence with what to do', async () => {
  await expect(migrate('postgresql://someone@127.0.0.1:1/none')).rejects.toThrow(
    /^PostgreSQL at 127\.0\.0\.1:1 did not let us in \(.*ECONNREFUSED.*\): start it, or correct DATABASE_URL\.$/,
  );
});

test('a migration that fails is told in one sentence, with the code of it', async () => {
  const template = inject('templateUrl');
  const name = `gdbench_migrate_${randomUUID().replaceAll('-', '')}`;
  const url = databaseUrl(template, name);
  try {
    await runOn(template, `CREATE DATABASE "${name}"`);
    // what the first migration makes is there already
    await query(url, 'CREATE TABLE "Checkpoint" (id int)');
    await query(
      url,
      'CREATE TABLE "_prisma_migrations" (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)',
    );
    await expect(migrate(url)).rejects.toThrow(
      /^The database could not be migrated \(42P07\): relation "Checkpoint" already exists$/,
    );
    await expect(migrate(url)).rejects.toThrow(/^The database could not be migrated \(P3009\): [^\n]+$/);
  } finally {
    await runOn(template, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }
});
