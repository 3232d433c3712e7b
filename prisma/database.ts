import { PrismaPg } from '@prisma/adapter-pg';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import type { DB } from './generated/tables.ts';

export interface Database {
  /** For what its client reads well. */
  readonly prisma: PrismaClient;
  /** For all other statements, typed by schema.prisma. */
  readonly sql: Kysely<DB>;
  readonly pool: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
}

interface DatabaseOptions {
  /** Connections at most; default 10. */
  poolSize?: number;
  /** Told of every connection that breaks outside a statement; the pool replaces it by itself. */
  onError?(error: Error): void;
}

/** Opens a pool of connections, shared by Prisma and our own statements; connects on first use. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = openPool(url, options);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const sql = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return {
    prisma,
    sql,
    pool,
    url,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Whether the database answers at this moment. */
export function answers({ sql }: Database): Promise<boolean> {
  const asked = sql.selectNoFrom(({ val }) => val(1).as('one')).execute();
  return asked.then(
    () => true,
    () => false,
  );
}

/** A pool whose listeners stay until its last connection has ended, which may be after `end` has resolved. */
export function openPool(url: string, { poolSize = 10, onError = () => {} }: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  pool.on('error', onError);
  // a connection in use is not covered by the pool's event, and an 'error' without a listener ends the process
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
