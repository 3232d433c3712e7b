import { type PublicState, publicState } from '@gdbench/benchmark/states';
import type { MetricValue } from '@gdbench/benchmark/task';
import type { Selectable } from 'kysely';
import {
  type CheckpointFault,
  checkpointOf,
  type NamedCheckpoint,
  type StoredCheckpoint,
} from '../checkpoints/rows.ts';
import { storedFaults } from '../checkpoints/stored-faults.ts';
import type { EditionState, Fault } from '../generated/enums.ts';
import type { Evaluation } from '../generated/tables.ts';

export type { EditionState, Fault };

type Stored = Selectable<Evaluation>;
/** What it is cut by, which nobody is shown. */
type Sizes = 'rowsPerSecond' | 'shardSeconds';

/** What an evaluation is measured by. */
export interface MeasuredBy {
  readonly id: string;
  /** From 1, of its board's. */
  readonly number: number;
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  readonly dataVersion: string;
}

export type EvaluationRow = Readonly<Omit<Stored, 'faults' | 'state' | 'measurementId' | Sizes>> & {
  /** As it is shown: while it waits, by its checkpoint. */
  readonly state: PublicState;
  /** Of the files of a refused one, the gravest first; null where nothing is wrong with them. */
  readonly faults: readonly CheckpointFault[] | null;
  /** Its checkpoint, under its submission's name. */
  readonly checkpoint: NamedCheckpoint;
  readonly board: { readonly id: string; readonly slug: string; readonly title: string };
  /** Null until it is planned. */
  readonly measurement: (MeasuredBy & { readonly isPresent: boolean }) | null;
  /** Its measurement's; before it has one, what its board asks now. */
  readonly samples: number;
  readonly seed: number;
  readonly limit: number | null;
};

/** Of a row of Evaluation with what KNOWN selects beside it. */
type StoredEvaluation = Stored & {
  readonly checkpoint: StoredCheckpoint;
  readonly submission: {
    readonly name: string;
    readonly boardId: string;
    readonly slug: string;
    readonly title: string;
    readonly presentId: string | null;
    readonly samples: number;
    readonly seed: number;
    readonly limit: number | null;
  };
  readonly measurement: MeasuredBy | null;
};

export function evaluationOf({
  faults,
  rowsPerSecond: _speed,
  shardSeconds: _next,
  measurementId: _measured,
  state,
  stateSince,
  checkpoint,
  submission: { name, boardId, slug, title, presentId, ...asked },
  measurement,
  ...row
}: StoredEvaluation): EvaluationRow {
  const { samples, seed, limit } = measurement ?? asked;
  const named = checkpointOf({ ...checkpoint, name });
  return {
    ...row,
    state: publicState(state, named.state),
    // while it waits it is shown as its checkpoint is, since that came so far
    stateSince: state === 'WAITING' && named.stateSince > stateSince ? named.stateSince : stateSince,
    faults: storedFaults(faults),
    checkpoint: named,
    board: { id: boardId, slug, title },
    measurement: measurement && { ...measurement, isPresent: measurement.id === presentId },
    ...{ samples, seed, limit },
  };
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
  /** Place among those that wait for a worker in the same state, from 1; null when it does not wait for one. */
  readonly place: number | null;
}
