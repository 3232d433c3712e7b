import type { Database } from '../database.ts';
import type { EvaluationState } from '../evaluations/rows.ts';
import { isId } from '../id.ts';
import { inTransaction, raw } from '../transaction.ts';
import { beginInspection } from './begin-inspection.ts';

const MARK = `
  UPDATE "SubmissionFile" f SET stored = true FROM "Evaluation" e
  WHERE f.id = $1 AND e."submissionId" = f."submissionId"
  RETURNING e.id AS "evaluationId"`;
const STATE = 'SELECT state FROM "Evaluation" WHERE id = $1';

/**
 * Marks a file as stored; the last one begins inspection. Safe to call twice.
 *
 * @returns 'waiting' for other files; 'inspecting' when all are there, also later on; 'gone' when there is no such file
 * or its evaluation was cancelled.
 */
export async function fileStored(db: Database, fileId: string): Promise<'waiting' | 'inspecting' | 'gone'> {
  if (!isId(fileId)) return 'gone';
  return inTransaction(db, async (sql) => {
    const marked = await raw<{ evaluationId: string }>(sql, MARK, [fileId]);
    const evaluationId = marked.rows[0]?.evaluationId;
    if (!evaluationId) return 'gone';
    await beginInspection(sql, evaluationId);
    const { rows } = await raw<{ state: EvaluationState }>(sql, STATE, [evaluationId]);
    const state = rows[0]?.state;
    if (state === 'UPLOADING') return 'waiting';
    return state === 'CANCELLED' ? 'gone' : 'inspecting';
  });
}
