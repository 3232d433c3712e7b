import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { afterAll, beforeAll, inject } from 'vitest';
import { databaseUrl, runOn } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A migrated database that nothing is connected to, to be cloned. */
    templateUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty, migrated database of the caller's own, made in a few tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject('templateUrl');
  const source = decodeURIComponent(new URL(template).pathname.slice(1));
  const name = `gdbench_test_${randomUUID().replaceAll('-', '')}`;
  await runOn(template, `CREATE DATABASE "${name}" TEMPLATE "${source}"`);
  return { url: databaseUrl(template, name), drop: () => runOn(template, `DROP DATABASE "${name}" WITH (FORCE)`) };
}

/** A test file's own database; read it inside of tests only. */
export function testFileDatabase(): () => Database {
  let made: TestDatabase | undefined;
  let database: Database | undefined;
  beforeAll(async () => {
    made = await createTestDatabase();
    database = openDatabase(made.url, { poolSize: 8 });
  });
  afterAll(async () => {
    await database?.close();
    await made?.drop();
  });
  return () => {
    if (!database) throw new Error('The database is open inside of tests only.');
    return database;
  };
}
