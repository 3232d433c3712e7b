import { raw, type Sql } from '../transaction.ts';
import { CHANNEL } from './channel.ts';

/** Tells listeners, once the transaction commits, that the evaluation's row should be read again. */
export async function notifyEvaluation(sql: Sql, evaluationId: string): Promise<void> {
  await raw(sql, 'SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify({ evaluation: evaluationId })]);
}

const RAISE_BOARD = `
  WITH board AS (
    INSERT INTO "Board" (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = "Board".version + 1
    RETURNING version)
  SELECT pg_notify($1, json_build_object('board', version)::text) FROM board`;

/** Raises the board's version. The row is locked until the end, so this comes last in a transaction. */
export async function raiseBoard(sql: Sql): Promise<void> {
  await raw(sql, RAISE_BOARD, [CHANNEL]);
}
