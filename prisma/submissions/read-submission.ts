import { type CheckpointRow, checkpointOf, type ManifestFile } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import type { EvaluationState } from '../evaluations/rows.ts';
import type { Prisma } from '../generated/client.ts';
import { isId } from '../id.ts';

export interface SubmissionFileRow extends ManifestFile {
  /** Also the id of its tus upload. */
  readonly id: string;
  readonly stored: boolean;
}

export interface SubmissionRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly checkpoint: CheckpointRow;
  readonly evaluationId: string;
  readonly state: EvaluationState;
  /** In the order of their paths. */
  readonly files: readonly SubmissionFileRow[];
}

const PARTS = {
  checkpoint: true,
  evaluation: true,
  files: { orderBy: { path: 'asc' } },
} as const satisfies Prisma.SubmissionInclude;

export async function readSubmission(db: Database, id: string): Promise<SubmissionRow | null> {
  if (!isId(id)) return null;
  const row = await db.prisma.submission.findUnique({ where: { id }, include: PARTS });
  return row && submissionOf(row);
}

/** Submissions of the checkpoint with this sha256, newest first. */
export async function readSubmissionsOf(db: Database, sha256: string, most: number): Promise<SubmissionRow[]> {
  const rows = await db.prisma.submission.findMany({
    where: { checkpoint: { sha256 } },
    include: PARTS,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: most,
  });
  return rows.flatMap((row) => submissionOf(row) ?? []);
}

function submissionOf(row: Prisma.SubmissionGetPayload<{ include: typeof PARTS }>): SubmissionRow | null {
  if (!row.evaluation) return null;
  return {
    id: row.id,
    createdAt: row.createdAt,
    checkpoint: checkpointOf(row.checkpoint),
    evaluationId: row.evaluation.id,
    state: row.evaluation.state,
    files: row.files.map(({ id, path, size, sha256, stored }) => ({ id, path, size: Number(size), sha256, stored })),
  };
}
