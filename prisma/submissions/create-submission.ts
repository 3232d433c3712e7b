import { UNFINISHED } from '@gdbench/benchmark/states';
import type { ManifestFile } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { newId } from '../id.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';
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

export interface CreatedSubmission extends SubmissionIds {
  /** Whether it was there before. */
  readonly isRepeated: boolean;
}

/** By task that the board has data of, the version of these data. */
export type DataVersions = ReadonlyMap<string, string>;

// the same submission sent twice at once waits here for its twin, and then finds it
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`;
const OF_THE_SAME = `
  FROM "Checkpoint" c JOIN "Evaluation" e ON e."checkpointId" = c.id
  WHERE c.sha256 = $1 AND c.name = $2 AND e."askedProtocol" IS NOT DISTINCT FROM $3`;
const UNDER_WAY = `
  SELECT e."submissionId", e.id AS "evaluationId" ${OF_THE_SAME} AND e.state::text = ANY($4)
  ORDER BY e."createdAt" LIMIT 1`;
const DONE = `
  SELECT e."submissionId", e.id AS "evaluationId",
    (SELECT coalesce(json_object_agg(t.task, t."dataVersion"), '{}')
     FROM "EvaluationTask" t WHERE t."evaluationId" = e.id) AS versions
  ${OF_THE_SAME} AND e.state = 'DONE'
    AND e.samples = $4 AND e.seed = $5 AND e."limit" IS NOT DISTINCT FROM $6
  ORDER BY e."createdAt" DESC`;
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
 * A submission and its evaluation. The one that is there, where the same files are under the same name for the same protocol,
 * and it is under way, or done by the budget of now on the data of now; one that was refused, failed or was cancelled is no
 * reason not to try again. When all of its files are stored already, inspection is queued at once.
 *
 * @param dataNow reads the data of now, which may take long: asked only where an evaluation that is done hangs on it.
 * Absent: none that is done is the same.
 */
export async function createSubmission(
  db: Database,
  input: NewSubmission,
  dataNow: () => Promise<DataVersions | null> = async () => null,
): Promise<CreatedSubmission> {
  const made = await attempt(db, input);
  return made ?? attempt(db, input, await dataNow());
}

async function attempt(db: Database, input: NewSubmission): Promise<CreatedSubmission | null>;
async function attempt(db: Database, input: NewSubmission, data: DataVersions | null): Promise<CreatedSubmission>;
/** Null, and nothing is changed, where the data of now decide and are not given: no transaction waits for them. */
async function attempt(
  db: Database,
  input: NewSubmission,
  data?: DataVersions | null,
): Promise<CreatedSubmission | null> {
  return inTransaction(db, async (sql) => {
    await raw(sql, ONE_AT_A_TIME, [`${input.sha256} ${input.name}`]);
    const underWay = await findUnderWay(sql, input);
    const done = underWay ? [] : await findDone(sql, input);
    if (done.length > 0 && data === undefined) return null;
    const same = done.find(({ versions }) => data && isOn(versions, data));
    if (same) return { submissionId: same.submissionId, evaluationId: same.evaluationId, isRepeated: true };
    const ids = underWay ?? (await insert(sql, input));
    await raw(sql, MARK_STORED, [ids.submissionId, [...input.storedHashes]]);
    await beginInspection(sql, ids.evaluationId);
    return { ...ids, isRepeated: underWay !== undefined };
  });
}

async function findUnderWay(sql: Sql, { sha256, name, protocol }: NewSubmission): Promise<SubmissionIds | undefined> {
  const { rows } = await raw<SubmissionIds>(sql, UNDER_WAY, [sha256, name, protocol ?? null, UNFINISHED]);
  return rows[0];
}

type Done = SubmissionIds & { readonly versions: Readonly<Record<string, string>> };

/** Newest first. */
async function findDone(sql: Sql, { sha256, name, protocol, samples, seed, limit }: NewSubmission): Promise<Done[]> {
  const { rows } = await raw<Done>(sql, DONE, [sha256, name, protocol ?? null, samples, seed, limit]);
  return rows;
}

/** Whether every task that the board has data of was scored on these data. */
function isOn(versions: Done['versions'], now: DataVersions): boolean {
  return [...now].every(([task, version]) => versions[task] === version);
}

async function insert(sql: Sql, input: NewSubmission): Promise<SubmissionIds> {
  const [checkpointId, submissionId, evaluationId] = [newId(), newId(), newId()];
  const bytes = input.files.reduce((sum, file) => sum + file.size, 0);
  const files = input.files.map(({ path, size, sha256 }) => ({ id: newId(), path, size, sha256 }));
  await raw(sql, CHECKPOINT, [checkpointId, input.name, input.sha256, bytes]);
  await raw(sql, SUBMISSION, [submissionId, checkpointId]);
  await raw(sql, FILES, [submissionId, JSON.stringify(files)]);
  const { samples, seed, limit, protocol = null } = input;
  await raw(sql, EVALUATION, [evaluationId, submissionId, checkpointId, samples, seed, limit, protocol]);
  return { submissionId, evaluationId };
}
