import type pg from 'pg';
import type { Database } from './database.ts';

/** Anything that runs a statement: the pool, or a connection inside a transaction. */
export type Sql = Pick<pg.PoolClient, 'query'>;

/**
 * Runs `work` in one READ COMMITTED transaction; an error rolls it back and is thrown.
 *
 * Locks are taken in one order everywhere, so that no two transactions wait for each other:
 * Shard (by position), EvaluationTask, Evaluation, LeaderboardRow, Board.
 */
export async function inTransaction<T>(db: Database, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
