import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Database } from '@gdbench/prisma/database';

export interface WorkerRole {
  /** The database's address for this role. */
  readonly url: string;
  drop(): Promise<void>;
}

/** A user who may do what prisma/grants.sql names, and nothing else, over so many connections at most. */
export async function workerRole(db: Database, { connections = 6 } = {}): Promise<WorkerRole> {
  await db.pool.query(await readFile('prisma/grants.sql', 'utf8'));
  const name = `gdbench_test_${randomUUID().replaceAll('-', '')}`;
  await db.pool.query(
    `CREATE ROLE ${name} LOGIN PASSWORD 'x' IN ROLE gdbench_worker NOSUPERUSER CONNECTION LIMIT ${connections}`,
  );
  const url = new URL(db.url);
  url.username = name;
  url.password = 'x';
  return {
    url: url.href,
    drop: async () => void (await db.pool.query(`DROP ROLE ${name}`)),
  };
}
