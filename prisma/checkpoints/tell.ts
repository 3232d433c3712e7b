import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import type { Sql } from '../transaction.ts';
import type { Waiting } from './waiting.ts';

/** Tells listeners of those who wait, once the transaction commits. */
export async function notifyWaiting(sql: Sql, waiting: readonly Waiting[]): Promise<void> {
  for (const { evaluationId } of waiting) await notifyEvaluation(sql, evaluationId);
}

/** Raises the boards of those who wait. Their rows are locked until the end, so this comes last. */
export async function raiseBoards(sql: Sql, waiting: readonly Waiting[]): Promise<void> {
  for (const boardId of [...new Set(waiting.map((one) => one.boardId))].sort()) await raiseBoard(sql, boardId);
}
