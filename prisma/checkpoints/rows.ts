import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { RemedyPart } from '@gdbench/storage/remedy';
import { sql } from 'kysely';
import type { CheckpointKind } from '../generated/enums.ts';
import { storedReport } from './stored-report.ts';

export type { CheckpointKind };

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
  /** Null until inspected; so are `parameters` and `report`, which is also null where it is of an unknown form. */
  readonly kind: CheckpointKind | null;
  readonly parameters: number | null;
  readonly report: InspectionReport | null;
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
  /** An imperative, its commands between backticks. */
  readonly remedy: string;
  /** The same, its words and its commands apart. */
  readonly remedyParts: readonly RemedyPart[];
  /** Whether a word stands in it for the folder (PLACEHOLDER). */
  readonly namesPlaceholder: boolean;
}

/** Columns of a CheckpointRow, of a table called c. */
export const CHECKPOINT_COLUMNS = `
  c.id AS c_id, c.name AS c_name, c.sha256 AS c_sha256, c.bytes::float8 AS c_bytes, c.kind AS c_kind,
  c.parameters::float8 AS c_parameters, c.report AS c_report, c."createdAt" AS c_created_at`;

/** The same for statements that are built. */
export const CHECKPOINT_SELECTION = [
  'c.id as c_id',
  'c.name as c_name',
  'c.sha256 as c_sha256',
  sql<number>`c.bytes::float8`.as('c_bytes'),
  'c.kind as c_kind',
  sql<number | null>`c.parameters::float8`.as('c_parameters'),
  'c.report as c_report',
  'c.createdAt as c_created_at',
] as const;

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
    report: storedReport(row.c_report),
    createdAt: row.c_created_at,
  };
}
