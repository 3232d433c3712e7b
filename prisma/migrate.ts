import pg from 'pg';
import { z } from 'zod';
import { applyMigrations, applyQueueMigrations, committed } from './apply-migrations.ts';
import { withRetry } from './retry.ts';

interface MigrateOptions {
  /** Told in a few words what is being done, e.g. "2 migrations to apply". */
  onProgress?(message: string): void;
}

/** Any fixed number: one process at a time migrates one database. */
const LOCK = 7_204_301_127;

/**
 * Creates the database if it is missing and brings it to the committed migrations and graphile-worker's own.
 * Safe when several processes start at once; a few milliseconds when there is nothing to do.
 *
 * @throws Error with one sentence: what is wrong and what to do
 */
export async function migrate(url: string, { onProgress }: MigrateOptions = {}): Promise<void> {
  const client = await connect(url, onProgress);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const missing = await missingMigrations(client);
    if (missing.length > 0) {
      onProgress?.(missing.length === 1 ? '1 migration to apply' : `${missing.length} migrations to apply`);
      await applyMigrations(url);
    }
    await applyQueueMigrations(url);
  } finally {
    // ends the lock too
    await client.end().catch(() => undefined);
  }
}

/** Milliseconds between two lines that say that the database is still away. */
const SAY_EVERY_MS = 30_000;

interface Patience {
  /** Told in one sentence, at once and then every half minute, that the database does not answer. */
  onWaiting(sentence: string): void;
  signal?: AbortSignal;
}

/**
 * Migrates as soon as the database answers, however long that takes.
 *
 * @throws Error with one sentence when it answers and cannot be used; the signal's reason
 */
export function migrateWhenThere(url: string, { onWaiting, signal }: Patience): Promise<void> {
  let saidAt = Number.NEGATIVE_INFINITY;
  return withRetry(() => migrate(url), {
    ...(signal ? { signal } : {}),
    onRetry() {
      if (performance.now() - saidAt < SAY_EVERY_MS) return;
      saidAt = performance.now();
      onWaiting(
        `The database at ${placeOf(url)} does not answer: start it, or correct DATABASE_URL; it is tried again until it does.`,
      );
    },
  });
}

/** "127.0.0.1:5432": never the user or the password. */
function placeOf(url: string): string {
  try {
    const { hostname, port, searchParams } = new URL(url);
    return `${hostname || searchParams.get('host') || 'localhost'}:${port || searchParams.get('port') || 5432}`;
  } catch {
    return 'the address in DATABASE_URL';
  }
}

async function connect(url: string, onProgress: MigrateOptions['onProgress']): Promise<pg.Client> {
  try {
    return await open(url);
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw unreachable(url, error as Error);
  }
  onProgress?.('creating the database');
  await createDatabase(url);
  return open(url);
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // the statement under way fails with it
  await client.connect();
  return client;
}

async function createDatabase(url: string): Promise<void> {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = '/postgres';
  const client = await open(target.href);
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // another process that starts at the same moment was first
    const code = (error as { code?: string }).code;
    if (code !== '42P04' && code !== '23505')
      throw new Error(
        `The database "${name}" does not exist and could not be created (${(error as Error).message}): create it, or allow this user to.`,
      );
  } finally {
    await client.end();
  }
}

function unreachable(url: string, error: Error): Error {
  const why = error instanceof AggregateError ? (error.errors as Error[])[0]?.message : error.message;
  return new Error(`PostgreSQL at ${placeOf(url)} did not let us in (${why}): start it, or correct DATABASE_URL.`, {
    cause: error,
  });
}

/** Rows of a table that is Prisma's. */
const Applied = z.array(z.object({ migration_name: z.string() }));

/** Names of the committed migrations that the database does not have. */
async function missingMigrations(client: pg.Client): Promise<string[]> {
  const table = await client.query(`SELECT WHERE to_regclass('"_prisma_migrations"') IS NOT NULL`);
  if (table.rowCount === 0) return committed();
  const { rows } = await client.query(
    'SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const applied = new Set(Applied.parse(rows).map(({ migration_name }) => migration_name));
  return committed().filter((name) => !applied.has(name));
}
