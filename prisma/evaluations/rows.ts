import type { MetricValue } from '@gdbench/benchmark/task';
import type { CheckpointFault, CheckpointRow } from '../checkpoints/rows.ts';
import { storedFaults } from '../checkpoints/stored-faults.ts';
import type { EditionState, EvaluationState, Fault } from '../generated/enums.ts';

export type { EditionState, EvaluationState, Fault };

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
  /** Version of the code that scored it, or all of them, "0.1.0, 0.2.0"; null where it is not known. */
  readonly codeVersion: string | null;
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

/** An EvaluationRow as the database gives it. */
export type EvaluationColumns = Omit<EvaluationRow, 'faults'> & { readonly faults: unknown };

/** Columns of an EvaluationRow, of a table called e. */
export const EVALUATION_COLUMNS = `
  e.id, e."submissionId", e."checkpointId", e.state, e."stateSince", e.samples, e.seed, e."limit", e.protocol,
  e."shardsDone", e."shardsTotal", e."retriedShards", e.fault, e.reason, e.remedy, e.faults, e.warnings,
  e."codeVersion", e."createdAt", e."uploadedAt", e."inspectedAt", e."startedAt", e."finishedAt"`;

/** The same for statements that are built. */
export const EVALUATION_SELECTION = [
  'e.id',
  'e.submissionId',
  'e.checkpointId',
  'e.state',
  'e.stateSince',
  'e.samples',
  'e.seed',
  'e.limit',
  'e.protocol',
  'e.shardsDone',
  'e.shardsTotal',
  'e.retriedShards',
  'e.fault',
  'e.reason',
  'e.remedy',
  'e.faults',
  'e.warnings',
  'e.codeVersion',
  'e.createdAt',
  'e.uploadedAt',
  'e.inspectedAt',
  'e.startedAt',
  'e.finishedAt',
] as const;

export function evaluationOf(row: EvaluationColumns): EvaluationRow {
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
    faults: storedFaults(row.faults),
    warnings: row.warnings,
    codeVersion: row.codeVersion,
    createdAt: row.createdAt,
    uploadedAt: row.uploadedAt,
    inspectedAt: row.inspectedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}
