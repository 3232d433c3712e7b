import { sql as fragment } from 'kysely';
import type { Database } from '../database.ts';
import type { Sql } from '../transaction.ts';
import { CHANNEL, type DatabaseEvent } from './channel.ts';

/** Tells listeners, once the transaction commits, that the evaluation's row should be read again. */
export async function notifyEvaluation(sql: Sql, evaluationId: string): Promise<void> {
  await notify(sql, { evaluation: evaluationId });
}

async function notify(sql: Sql, event: DatabaseEvent): Promise<void> {
  const payload = JSON.stringify(event);
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
  await notify(sql, { work: true });
}

/** Raises a board's version. Its row is locked until the end, so this comes last in a transaction. */
export async function raiseBoard(sql: Sql, boardId: string): Promise<void> {
  await sql
    .with('board', (db) =>
      db
        .updateTable('Board')
        .set(({ ref }) => ({ version: fragment<string>`${ref('version')} + 1` }))
        .where('id', '=', boardId)
        .returning(['id', 'version']),
    )
    .selectFrom('board')
    .select(({ fn, val, ref }) =>
      fn('pg_notify', [
        val(CHANNEL),
        fragment`json_build_object('board', ${ref('id')}, 'version', ${ref('version')})::text`,
      ]).as('told'),
    )
    .execute();
}

/** The same for the board of an evaluation. */
export async function raiseBoardOf(sql: Sql, evaluationId: string): Promise<void> {
  const of = await sql
    .selectFrom('Evaluation')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .select('Submission.boardId')
    .where('Evaluation.id', '=', evaluationId)
    .executeTakeFirst();
  if (of) await raiseBoard(sql, of.boardId);
}
