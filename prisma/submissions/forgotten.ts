import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { isId } from '../id.ts';
import { inTransaction } from '../transaction.ts';

/** A submission that still waits for files. */
export interface WaitingSubmission {
  readonly evaluationId: string;
  /** Its files that have not arrived. */
  readonly fileIds: readonly string[];
}

const WAITING = `
  SELECT e.id AS "evaluationId", array_agg(f.id::text) AS "fileIds" FROM "Evaluation" e
  JOIN "SubmissionFile" f ON f."submissionId" = e."submissionId" AND NOT f.stored
  WHERE e.state = 'UPLOADING' AND e."createdAt" < now() - make_interval(hours => $1)
  GROUP BY e.id`;

/** Submissions that are older than so many whole hours and still wait for files. */
export async function readWaiting(db: Database, hours: number): Promise<WaitingSubmission[]> {
  const { rows } = await db.pool.query<WaitingSubmission>(WAITING, [hours]);
  return rows;
}

// an evaluation that is still uploading has no shards yet, so that its own lock may come first
const LOCK = `SELECT 1 FROM "Evaluation" WHERE id = $1 AND state = 'UPLOADING' FOR NO KEY UPDATE`;

/** FAILED, for its files never came; false when it is not uploading any more. */
export async function failUpload(
  db: Database,
  evaluationId: string,
  why: { reason: string; remedy: string },
): Promise<boolean> {
  if (!isId(evaluationId)) return false;
  return inTransaction(db, async (sql) => {
    const { rowCount } = await sql.query(LOCK, [evaluationId]);
    if (rowCount === 0) return false;
    return endEvaluation(sql, evaluationId, { state: 'FAILED', fault: 'SUBMITTER', ...why });
  });
}
