import type { MetricValue } from '@gdbench/benchmark/task';
import type { Selectable } from 'kysely';
import type { CheckpointFault, CheckpointRow } from '../checkpoints/rows.ts';
import { storedFaults } from '../checkpoints/stored-faults.ts';
import type { EditionState, EvaluationState, Fault } from '../generated/enums.ts';
import type { Evaluation } from '../generated/tables.ts';

export type { EditionState, EvaluationState, Fault };

type Stored = Selectable<Evaluation>;
/** What it is cut by, which nobody is shown. */
type Sizes = 'rowsPerSecond' | 'shardSeconds';

export type EvaluationRow = Readonly<Omit<Stored, 'faults' | Sizes>> & {
  /** Of the files of a refused one, the gravest first; null where nothing is wrong with them. */
  readonly faults: readonly CheckpointFault[] | null;
};

/** Of a row of Evaluation. */
export function evaluationOf({ faults, rowsPerSecond: _speed, shardSeconds: _next, ...row }: Stored): EvaluationRow {
  return { ...row, faults: storedFaults(faults) };
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
