import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { ManifestFile } from '../checkpoints/rows.ts';
import { storedReport } from '../checkpoints/stored-report.ts';
import type { Database } from '../database.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { LEASE_SECONDS } from '../lease.ts';
import { inTransaction, raw } from '../transaction.ts';

export interface ClaimedShard {
  readonly shardId: string;
  readonly evaluationId: string;
  /** Fences every later write: whoever took over has another one. */
  readonly token: string;
  readonly task: string;
  /** Examples `from` (inclusive) to `to` (exclusive) of those that the evaluation scores. */
  readonly from: number;
  readonly to: number;
  /** This one included. */
  readonly attempts: number;
  readonly dataVersion: string;
  readonly protocol: string;
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  readonly checkpointId: string;
  readonly checkpointName: string;
  readonly checkpointSha256: string;
  readonly files: readonly ManifestFile[];
  /** What inspection found; null where it is of a form that is no longer known. */
  readonly report: InspectionReport | null;
}

const CLAIM = `
  UPDATE "Shard" s SET state = 'RUNNING', "leaseToken" = gen_random_uuid(),
    "leaseExpiresAt" = now() + make_interval(secs => $3), "workerId" = $2, attempts = s.attempts + 1,
    "examplesDone" = 0, "startedAt" = now(), "heartbeatAt" = now()
  FROM "Evaluation" e
  JOIN "Checkpoint" c ON c.id = e."checkpointId"
  JOIN "EvaluationTask" t ON t."evaluationId" = e.id
  WHERE s.id = $1 AND s.state = 'QUEUED' AND e.id = s."evaluationId" AND e.state IN ('QUEUED', 'SCORING') AND t.task = s.task
  RETURNING s.id AS "shardId", s."evaluationId", s."leaseToken" AS token, s.task, s."from", s."to", s.attempts,
    t."dataVersion", e.protocol, e.samples, e.seed, e."limit", c.id AS "checkpointId", c.name AS "checkpointName",
    c.sha256 AS "checkpointSha256", c.report`;
const BEGIN = `
  UPDATE "Evaluation" SET state = 'SCORING', "stateSince" = now(), "startedAt" = now() WHERE id = $1 AND state = 'QUEUED'`;
const FILES = `
  SELECT f.path, f.size::float8 AS size, f.sha256 FROM "SubmissionFile" f
  JOIN "Submission" s ON s.id = f."submissionId" WHERE s."checkpointId" = $1 ORDER BY f.path`;

/** Takes a QUEUED shard for LEASE_SECONDS; null when it is not there to be taken, e.g. because another was first. */
export function claim(db: Database, shardId: string, workerId: string): Promise<ClaimedShard | null> {
  return inTransaction(db, async (sql) => {
    const claimed = await raw<Omit<ClaimedShard, 'files' | 'report'> & { report: unknown }>(sql, CLAIM, [
      shardId,
      workerId,
      LEASE_SECONDS,
    ]);
    const row = claimed.rows[0];
    if (!row) return null;
    const files = await raw<ManifestFile>(sql, FILES, [row.checkpointId]);
    const begun = await raw(sql, BEGIN, [row.evaluationId]);
    await notifyEvaluation(sql, row.evaluationId);
    if (begun.rowCount === 1) await raiseBoard(sql);
    return { ...row, report: storedReport(row.report), files: files.rows };
  });
}
