import { sql as fragment } from 'kysely';
import type { Database } from '../database.ts';
import type { Sql } from '../transaction.ts';
import { CHANNEL } from './channel.ts';

/** Tells listeners, once the transaction commits, that the evaluation's row should be read again. */
export async function notifyEvaluation(sql: Sql, evaluationId: string): Promise<void> {
  const payload = JSON.stringify({ evaluation: evaluationId });
  await sql.selectNoFrom(({ fn, val }) => fn('pg_notify', [val(CHANNEL), val(payload)]).as('told')).execute();
}

/**
 * Tells listeners at once, after what was written has been committed. Of transactions that notify PostgreSQL lets only one commit at a
 * time, so that those of every shard leave it to a statement of its own. Whoever misses it hears of the next change: it is a hint.
 */
export function hintEvaluation(db: Database, evaluationId: string): void {
  notifyEvaluation(db.sql, evaluationId).catch(() => undefined);
}

/** Tells workers, once the transaction commits, that there is work to be taken. */
export async function notifyWork(sql: Sql): Promise<void> {
  await sql
    .selectNoFrom(({ fn, val }) => fn('pg_notify', [val(CHANNEL), val(JSON.stringify({ work: true }))]).as('told'))
    .execute();
}

/** Raises the board's version. The row is locked until the end, so this comes last in a transaction. */
export async function raiseBoard(sql: Sql): Promise<void> {
  await sql
    .with('board', (db) =>
      db
        .insertInto('Board')
        .values({ id: 1, version: '1' })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet(({ ref }) => ({ version: fragment`${ref('Board.version')} + 1` })),
        )
        .returning('version'),
    )
    .selectFrom('board')
    .select(({ fn, val, ref }) =>
      fn('pg_notify', [val(CHANNEL), fragment`json_build_object('board', ${ref('version')})::text`]).as('told'),
    )
    .execute();
}
