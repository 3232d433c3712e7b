import type { Database } from '../database.ts';
import type { EvaluationState } from '../evaluations/rows.ts';
import { isId } from '../id.ts';
import type { SubmissionFileRow } from './read-submission.ts';

/** A manifest line with the submission it belongs to. */
export interface FileRow extends SubmissionFileRow {
  readonly submissionId: string;
  readonly evaluationId: string;
  readonly state: EvaluationState;
}

export async function readFile(db: Database, fileId: string): Promise<FileRow | null> {
  if (!isId(fileId)) return null;
  const row = await db.prisma.submissionFile.findUnique({
    where: { id: fileId },
    include: { submission: { include: { evaluation: { select: { id: true, state: true } } } } },
  });
  const evaluation = row?.submission.evaluation;
  if (!row || !evaluation) return null;
  return {
    id: row.id,
    path: row.path,
    size: Number(row.size),
    sha256: row.sha256,
    stored: row.stored,
    submissionId: row.submissionId,
    evaluationId: evaluation.id,
    state: evaluation.state,
  };
}
