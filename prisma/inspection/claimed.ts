import { readFiles } from '../checkpoints/read-files.ts';
import type { ManifestFile } from '../checkpoints/rows.ts';
import type { Sql } from '../transaction.ts';
import type { Held } from '../work/held.ts';
import type { Taken } from '../work/take.ts';

/** An inspection under a lease, with all that it needs. */
export interface ClaimedInspection extends Held {
  readonly kind: 'INSPECT';
  readonly evaluationId: string;
  readonly submissionId: string;
  readonly checkpointId: string;
  readonly checkpointName: string;
  readonly checkpointSha256: string;
  readonly files: readonly ManifestFile[];
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  /** Null: the default of the checkpoint's kind. */
  readonly askedProtocol: string | null;
  /** This one included. */
  readonly attempts: number;
}

/** What an inspection that was just taken is of. */
export async function claimedInspection(
  sql: Sql,
  { id, token, attempts, evaluationId }: Taken,
): Promise<ClaimedInspection> {
  const row = await sql
    .selectFrom('Evaluation')
    .innerJoin('Checkpoint', 'Checkpoint.id', 'Evaluation.checkpointId')
    .select(['Evaluation.submissionId', 'Evaluation.checkpointId', 'Evaluation.samples', 'Evaluation.seed'])
    .select(['Evaluation.limit', 'Evaluation.askedProtocol', 'Checkpoint.name as checkpointName'])
    .select('Checkpoint.sha256 as checkpointSha256')
    .where('Evaluation.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  const files = await readFiles(sql, row.submissionId);
  return { kind: 'INSPECT', id, token, attempts, evaluationId, ...row, files };
}
