import type { Kysely, TransactionBuilder } from 'kysely';
import type { Database } from './database.ts';
import type { DB } from './generated/tables.ts';

/** Anything that runs a statement: the pool, or a connection inside a transaction. */
export type Sql = Kysely<DB>;

/**
 * Runs `work` in one READ COMMITTED transaction; an error rolls it back and is thrown.
 *
 * Locks are taken in one order everywhere, so that no two transactions wait for each other:
 * Work (by id), Checkpoint, EvaluationTask, Evaluation, LeaderboardRow, Board. Evaluations that wait are changed under the lock of their
 * checkpoint alone.
 */
export function inTransaction<T>(db: Database, work: (sql: Sql) => Promise<T>): Promise<T> {
  return ended(db.sql.transaction(), work);
}

/** Runs `read` on what the database was at one moment, however many statements it sends; it changes nothing. */
export function inSnapshot<T>(db: Database, read: (sql: Sql) => Promise<T>): Promise<T> {
  return ended(db.sql.transaction().setIsolationLevel('repeatable read').setAccessMode('read only'), read);
}

async function ended<T>(transaction: TransactionBuilder<DB>, work: (sql: Sql) => Promise<T>): Promise<T> {
  let cause: { error: unknown } | undefined;
  try {
    return await transaction.execute(async (sql) => {
      try {
        return await work(sql);
      } catch (error) {
        cause = { error };
        throw error;
      }
    });
  } catch (error) {
    // of a connection that broke, ROLLBACK fails too and would hide why
    throw cause ? cause.error : error;
  }
}
