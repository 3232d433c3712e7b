import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { inTransaction, type Sql } from '../transaction.ts';

export interface NewLogLine {
  /** "inspect", "plan", "score". */
  readonly stage: string;
  readonly worker?: string;
  /** One sentence for the submitter. */
  readonly message: string;
}

/** Adds a line to the evaluation's log, in the caller's transaction. */
export async function addLogLine(sql: Sql, evaluationId: string, line: NewLogLine): Promise<void> {
  const { stage, worker = null, message } = line;
  await sql.insertInto('LogLine').values({ evaluationId, stage, worker, message }).execute();
}

/** Adds a line to the evaluation's log and tells those who watch it. */
export function log(db: Database, evaluationId: string, line: NewLogLine): Promise<void> {
  return inTransaction(db, async (sql) => {
    await addLogLine(sql, evaluationId, line);
    await notifyEvaluation(sql, evaluationId);
  });
}

/** The same for each evaluation that waits for a checkpoint. */
export function logInspection(db: Database, checkpointId: string, line: NewLogLine): Promise<void> {
  return inTransaction(db, async (sql) => {
    for (const { evaluationId } of await readWaitingFor(sql, checkpointId)) {
      await addLogLine(sql, evaluationId, line);
      await notifyEvaluation(sql, evaluationId);
    }
  });
}
