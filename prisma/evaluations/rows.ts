import type { MetricValue } from '@gdbench/benchmark/task';
import { type CheckpointKind, type EditionState, EvaluationState, type Fault } from '../generated/enums.ts';

export type { CheckpointKind, EditionState, EvaluationState, Fault };

/** In the order of the way of a submission. */
export const EVALUATION_STATES: readonly EvaluationState[] = Object.values(EvaluationState);

/** States in which an evaluation may still change. */
export const UNFINISHED = ['UPLOADING', 'INSPECTING', 'QUEUED', 'SCORING'] as const satisfies EvaluationState[];

/** One line of a manifest. */
export interface ManifestFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

export interface CheckpointRow {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null until inspected; so are `parameters` and `report`. */
  readonly kind: CheckpointKind | null;
  readonly parameters: number | null;
  /** What inspection found, as `accept` was given it. */
  readonly report: unknown;
  readonly createdAt: Date;
}

/** One thing that is wrong with a checkpoint's files. */
export interface CheckpointFault {
  /** Path inside the checkpoint's folder; empty for the folder as a whole. */
  readonly file: string;
  /** One whole sentence. */
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

export interface EvaluationRow {
  readonly id: string;
  readonly submissionId: string;
  readonly checkpointId: string;
  readonly state: EvaluationState;
  readonly stateSince: Date;
  readonly samples: number;
  readonly seed: number;
  readonly limit: number | null;
  readonly protocol: string | null;
  readonly shardsDone: number;
  readonly shardsTotal: number;
  readonly retriedShards: number;
  readonly fault: Fault | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  /** Of the files of a refused one, the gravest first; null where nothing is wrong with them. */
  readonly faults: readonly CheckpointFault[] | null;
  readonly warnings: readonly string[];
  readonly createdAt: Date;
  readonly uploadedAt: Date | null;
  readonly inspectedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface EvaluationTaskRow {
  readonly task: string;
  readonly dataVersion: string;
  readonly examples: number;
  /** Also those of shards that are still running. */
  readonly examplesDone: number;
  readonly shardsDone: number;
  readonly shardsTotal: number;
  readonly ties: number | null;
  /** Of which edition its data are; null where they were planned before editions were known. */
  readonly edition: EditionRow | null;
}

export interface EditionRow {
  readonly state: EditionState;
  readonly name: string | null;
  readonly examples: number;
  readonly of: number | null;
}

export interface ResultRow extends Omit<MetricValue, 'sizes'> {
  readonly task: string;
  /** Bias: images of the first group and of the second; empty for accuracies. */
  readonly sizes: readonly number[];
  /** False while shards of the task are missing: the value so far. */
  readonly complete: boolean;
}

/** An evaluation with all that its page shows. */
export interface EvaluationDetail extends EvaluationRow {
  readonly checkpoint: CheckpointRow;
  readonly tasks: readonly EvaluationTaskRow[];
  readonly results: readonly ResultRow[];
  /** Bytes of the manifest's files that are stored, and of all. */
  readonly bytesStored: number;
  readonly bytesTotal: number;
  /** Model rows done and expected; zero before inspection. */
  readonly rowsDone: number;
  readonly rowsTotal: number;
  /** Over the shards now running; null when none runs or none has shown its pace. */
  readonly rowsPerSecond: number | null;
  /** Workers that hold one of its shards, or its inspection. */
  readonly workers: number;
  readonly lastSignOfLife: Date | null;
  /** Place among those that wait in the same state, from 1; null when it does not wait. */
  readonly place: number | null;
}

/** Columns of a CheckpointRow, of a table called c. */
export const CHECKPOINT_COLUMNS = `
  c.id AS c_id, c.name AS c_name, c.sha256 AS c_sha256, c.bytes::float8 AS c_bytes, c.kind AS c_kind,
  c.parameters::float8 AS c_parameters, c.report AS c_report, c."createdAt" AS c_created_at`;

export interface CheckpointColumns {
  c_id: string;
  c_name: string;
  c_sha256: string;
  c_bytes: number;
  c_kind: CheckpointKind | null;
  c_parameters: number | null;
  c_report: unknown;
  c_created_at: Date;
}

export function checkpointOf(row: CheckpointColumns): CheckpointRow {
  return {
    id: row.c_id,
    name: row.c_name,
    sha256: row.c_sha256,
    bytes: row.c_bytes,
    kind: row.c_kind,
    parameters: row.c_parameters,
    report: row.c_report,
    createdAt: row.c_created_at,
  };
}

/** Columns of an EvaluationRow, of a table called e. */
export const EVALUATION_COLUMNS = `
  e.id, e."submissionId", e."checkpointId", e.state, e."stateSince", e.samples, e.seed, e."limit", e.protocol,
  e."shardsDone", e."shardsTotal", e."retriedShards", e.fault, e.reason, e.remedy, e.faults, e.warnings,
  e."createdAt", e."uploadedAt", e."inspectedAt", e."startedAt", e."finishedAt"`;

export function evaluationOf(row: EvaluationRow): EvaluationRow {
  return {
    id: row.id,
    submissionId: row.submissionId,
    checkpointId: row.checkpointId,
    state: row.state,
    stateSince: row.stateSince,
    samples: row.samples,
    seed: row.seed,
    limit: row.limit,
    protocol: row.protocol,
    shardsDone: row.shardsDone,
    shardsTotal: row.shardsTotal,
    retriedShards: row.retriedShards,
    fault: row.fault,
    reason: row.reason,
    remedy: row.remedy,
    faults: row.faults,
    warnings: row.warnings,
    createdAt: row.createdAt,
    uploadedAt: row.uploadedAt,
    inspectedAt: row.inspectedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}
