import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { addInspectJob } from '../jobs/add.ts';
import { raw, type Sql } from '../transaction.ts';

// the lock lets the files that are stored last at the same moment see each other
const LOCK = 'SELECT 1 FROM "Evaluation" WHERE id = $1 FOR NO KEY UPDATE';
const BEGIN = `
  UPDATE "Evaluation" e SET state = 'INSPECTING', "stateSince" = now(), "uploadedAt" = now()
  WHERE id = $1 AND state = 'UPLOADING' AND NOT EXISTS (
    SELECT 1 FROM "SubmissionFile" f WHERE f."submissionId" = e."submissionId" AND NOT f.stored)`;

/** UPLOADING becomes INSPECTING, with its job, once every file is stored. */
export async function beginInspection(sql: Sql, evaluationId: string): Promise<void> {
  await raw(sql, LOCK, [evaluationId]);
  const { rowCount } = await raw(sql, BEGIN, [evaluationId]);
  await notifyEvaluation(sql, evaluationId);
  if (rowCount === 0) return;
  await addInspectJob(sql, evaluationId);
  await raiseBoard(sql);
}
