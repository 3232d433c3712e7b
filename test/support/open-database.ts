import { type Database, openDatabase } from '@gdbench/prisma/database';
import { afterAll, beforeAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';

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
