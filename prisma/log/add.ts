import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';

export interface NewLogLine {
  /** "upload", "inspect", "score". */
  readonly stage: string;
  readonly worker?: string;
  /** One sentence for the submitter. */
  readonly message: string;
}

const INSERT = 'INSERT INTO "LogLine" ("evaluationId", stage, worker, message) VALUES ($1, $2, $3, $4)';

/** Adds a line to the evaluation's log, in the caller's transaction. */
export async function addLogLine(sql: Sql, evaluationId: string, line: NewLogLine): Promise<void> {
  await raw(sql, INSERT, [evaluationId, line.stage, line.worker ?? null, line.message]);
}

/** Adds a line to the evaluation's log and tells those who watch it. */
export function log(db: Database, evaluationId: string, line: NewLogLine): Promise<void> {
  return inTransaction(db, async (sql) => {
    await addLogLine(sql, evaluationId, line);
    await notifyEvaluation(sql, evaluationId);
  });
}
