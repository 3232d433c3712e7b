import type { Database } from '../database.ts';
import type { ManifestFile } from '../evaluations/rows.ts';
import { newId } from '../id.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { beginInspection } from './begin-inspection.ts';

export interface NewSubmission {
  readonly name: string;
  readonly files: readonly ManifestFile[];
  /** Of the checkpoint: checkpointSha256 of its files. */
  readonly sha256: string;
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  /** Absent: the default of the checkpoint's kind. */
  readonly protocol?: string | null;
  /** Files that the service holds already need not be sent. */
  readonly storedHashes: ReadonlySet<string>;
}

interface SubmissionIds {
  readonly submissionId: string;
  readonly evaluationId: string;
}

// the same submission sent twice at once waits here for its twin, and then finds it
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`;
const PRESENT = `
  SELECT e."submissionId", e.id AS "evaluationId" FROM "Checkpoint" c
  JOIN "Evaluation" e ON e."checkpointId" = c.id
  WHERE c.sha256 = $1 AND c.name = $2 AND e."askedProtocol" IS NOT DISTINCT FROM $3 AND e.state = 'UPLOADING'
  ORDER BY e."createdAt" LIMIT 1`;
const CHECKPOINT = 'INSERT INTO "Checkpoint" (id, name, sha256, bytes) VALUES ($1, $2, $3, $4)';
const SUBMISSION = 'INSERT INTO "Submission" (id, "checkpointId") VALUES ($1, $2)';
const FILES = `
  INSERT INTO "SubmissionFile" (id, "submissionId", path, size, sha256)
  SELECT id, $1, path, size, sha256
  FROM json_to_recordset($2) AS f(id uuid, path text, size bigint, sha256 text)`;
const EVALUATION = `
  INSERT INTO "Evaluation" (id, "submissionId", "checkpointId", samples, seed, "limit", "askedProtocol")
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const MARK_STORED = `
  UPDATE "SubmissionFile" SET stored = true WHERE "submissionId" = $1 AND NOT stored AND sha256 = ANY($2)`;

/**
 * A submission and its evaluation; the one under way when the same checkpoint is being uploaded under the same name for the
 * same protocol.
 * When all of its files are stored already, inspection is queued at once.
 */
export function createSubmission(db: Database, input: NewSubmission): Promise<SubmissionIds> {
  return inTransaction(db, async (sql) => {
    await sql.query(ONE_AT_A_TIME, [`${input.sha256} ${input.name}`]);
    const ids = (await present(sql, input)) ?? (await insert(sql, input));
    await sql.query(MARK_STORED, [ids.submissionId, [...input.storedHashes]]);
    await beginInspection(sql, ids.evaluationId);
    return ids;
  });
}

async function present(sql: Sql, { sha256, name, protocol }: NewSubmission): Promise<SubmissionIds | undefined> {
  const { rows } = await sql.query<SubmissionIds>(PRESENT, [sha256, name, protocol ?? null]);
  return rows[0];
}

async function insert(sql: Sql, input: NewSubmission): Promise<SubmissionIds> {
  const [checkpointId, submissionId, evaluationId] = [newId(), newId(), newId()];
  const bytes = input.files.reduce((sum, file) => sum + file.size, 0);
  const files = input.files.map(({ path, size, sha256 }) => ({ id: newId(), path, size, sha256 }));
  await sql.query(CHECKPOINT, [checkpointId, input.name, input.sha256, bytes]);
  await sql.query(SUBMISSION, [submissionId, checkpointId]);
  await sql.query(FILES, [submissionId, JSON.stringify(files)]);
  const { samples, seed, limit, protocol = null } = input;
  await sql.query(EVALUATION, [evaluationId, submissionId, checkpointId, samples, seed, limit, protocol]);
  return { submissionId, evaluationId };
}
