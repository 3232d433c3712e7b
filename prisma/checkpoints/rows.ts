import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { RemedyPart } from '@gdbench/storage/remedy';
import type { Selectable } from 'kysely';
import type { CheckpointKind } from '../generated/enums.ts';
import type { Checkpoint } from '../generated/tables.ts';
import { storedReport } from './stored-report.ts';

export type { CheckpointKind };

/** One line of a manifest. */
export interface ManifestFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

type Stored = Selectable<Checkpoint>;
/** Columns that are another type in JSON, or by another client, than by the driver. */
type Varying = 'bytes' | 'parameters' | 'report' | 'createdAt' | 'stateSince';

/** A checkpoint under the name of one of its submissions. */
export type NamedCheckpoint = Readonly<Omit<Stored, Varying>> & {
  readonly name: string;
  readonly bytes: number;
  /** Null until inspected; so is `report`, which is also null where it is of an unknown form. */
  readonly parameters: number | null;
  readonly report: InspectionReport | null;
  readonly createdAt: Date;
  readonly stateSince: Date;
};

/** One thing that is wrong with a checkpoint's files. */
export interface CheckpointFault {
  /** Path inside the checkpoint's folder; empty for the folder as a whole. */
  readonly file: string;
  /** One whole sentence. */
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  /** An imperative, its commands between backticks. */
  readonly remedy: string;
  /** The same, its words and its commands apart. */
  readonly remedyParts: readonly RemedyPart[];
  /** Whether a word stands in it for the folder (PLACEHOLDER). */
  readonly namesPlaceholder: boolean;
}

/** A row of Checkpoint as a statement gives it, of its own or as JSON beside another row. */
export type StoredCheckpoint = Omit<Stored, Varying> & {
  readonly bytes: bigint | number | string;
  readonly parameters: bigint | number | string | null;
  readonly report: unknown;
  readonly createdAt: Date | string;
  readonly stateSince: Date | string;
};

export function checkpointOf({
  bytes,
  parameters,
  report,
  createdAt,
  stateSince,
  ...row
}: StoredCheckpoint & { readonly name: string }): NamedCheckpoint {
  return {
    ...row,
    bytes: Number(bytes),
    parameters: parameters === null ? null : Number(parameters),
    report: storedReport(report),
    createdAt: new Date(createdAt),
    stateSince: new Date(stateSince),
  };
}
