import type { Database } from '../database.ts';

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
