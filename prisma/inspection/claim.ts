import type { ManifestFile } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { LEASE_SECONDS, MAX_ATTEMPTS } from '../lease.ts';
import { inTransaction, raw } from '../transaction.ts';

export interface ClaimedInspection {
  /** Fences every later write: whoever took over has another one. */
  readonly token: string;
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

const CLAIM = `
  UPDATE "Evaluation" e SET "leaseToken" = gen_random_uuid(), "leaseExpiresAt" = now() + make_interval(secs => $3),
    "heartbeatAt" = now(), "workerId" = $2, attempts = e.attempts + 1
  FROM "Checkpoint" c
  WHERE e.id = $1 AND c.id = e."checkpointId" AND e.state = 'INSPECTING' AND e.attempts < $4
    AND (e."leaseToken" IS NULL OR e."leaseExpiresAt" < now())
  RETURNING e."leaseToken" AS token, e."submissionId", e."checkpointId", c.name AS "checkpointName",
    c.sha256 AS "checkpointSha256", e.samples, e.seed, e."limit", e."askedProtocol", e.attempts`;
const FILES = `
  SELECT path, size::float8 AS size, sha256 FROM "SubmissionFile" WHERE "submissionId" = $1 ORDER BY path`;

/** Takes the inspection for LEASE_SECONDS; null when it is not there to be taken. */
export function claimInspection(
  db: Database,
  evaluationId: string,
  workerId: string,
): Promise<ClaimedInspection | null> {
  return inTransaction(db, async (sql) => {
    const claimed = await raw<Omit<ClaimedInspection, 'files'>>(sql, CLAIM, [
      evaluationId,
      workerId,
      LEASE_SECONDS,
      MAX_ATTEMPTS,
    ]);
    const row = claimed.rows[0];
    if (!row) return null;
    const files = await raw<ManifestFile>(sql, FILES, [row.submissionId]);
    await notifyEvaluation(sql, evaluationId);
    return { ...row, files: files.rows };
  });
}
