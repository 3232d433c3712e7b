import type { Database } from '../database.ts';
import { hintEvaluation, notifyEvaluation } from '../events/notify.ts';
import { addLogLine, type NewLogLine } from '../log/add.ts';
import type { Sql } from '../transaction.ts';
import { evaluationsOf, type Whose } from './of.ts';

/** Adds a line to the log of each evaluation that the work is for, in the caller's transaction. */
export async function logWork(sql: Sql, whose: Whose, line: NewLogLine): Promise<void> {
  for (const evaluationId of await evaluationsOf(sql, whose)) await addLogLine(sql, evaluationId, line);
}

/** Tells listeners of each evaluation that the work is for, once the transaction commits. */
export async function notifyOf(sql: Sql, whose: Whose): Promise<void> {
  for (const evaluationId of await evaluationsOf(sql, whose)) await notifyEvaluation(sql, evaluationId);
}

/** Tells them at once, after what was written has been committed; whoever misses it hears of the next change. */
export function hintOf(db: Database, whose: Whose): void {
  if (whose.evaluationId !== null) hintEvaluation(db, whose.evaluationId);
  else notifyOf(db.sql, whose).catch(() => undefined);
}
