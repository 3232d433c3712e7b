import { Socket } from 'node:net';
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
  /** Ends every connection at once: what waits for an answer fails, and what comes next connects anew. */
  breakConnections(): void;
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
  const { pool, breakConnections } = openPool(url, options);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const sql = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return {
    prisma,
    sql,
    pool,
    url,
    breakConnections,
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

interface OpenPool {
  readonly pool: pg.Pool;
  /** Ends every connection at once: what waits for an answer fails, and what comes next connects anew. */
  breakConnections(): void;
}

/** A pool whose listeners stay until its last connection has ended, which may be after `end` has resolved. */
export function openPool(url: string, { poolSize = 10, onError = () => {} }: DatabaseOptions): OpenPool {
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // ours, since a connection that hangs can be ended by nothing else
    stream() {
      const socket = new Socket();
      sockets.add(socket);
      return socket.on('close', () => sockets.delete(socket));
    },
  });
  pool.on('error', onError);
  // a connection in use is not covered by the pool's event, and an 'error' without a listener ends the process
  pool.on('connect', (client) => client.on('error', onError));
  return {
    pool,
    breakConnections() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Connections that the server allows in all. */
export async function mostConnections(db: Database): Promise<number> {
  const { most } = await db.sql
    .selectNoFrom(({ fn, val }) => fn('current_setting', [val('max_connections')]).as('most'))
    .executeTakeFirstOrThrow();
  return Number(most);
}
