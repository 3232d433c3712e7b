import type { PublicState } from '@gdbench/benchmark/states';
import type { TaskDefinition } from '@gdbench/benchmark/task';
import type { BoardRow, MeasurementRow } from '@gdbench/prisma/boards';
import type { NamedCheckpoint } from '@gdbench/prisma/checkpoints';
import type { EvaluationDetail, EvaluationRow, EvaluationTaskRow, ResultRow } from '@gdbench/prisma/evaluations';
import type { LogLineRow } from '@gdbench/prisma/log';
import type { SubmissionFileRow, SubmissionRow } from '@gdbench/prisma/submissions';
import type { LeaderboardCell, LeaderboardPlace } from '../generated/resolvers.ts';

/*
 * What resolvers get as their parent, by GraphQL type; schema/codegen.ts names them. They are rows of the database, so
 * that a resolver has only to map.
 */

export type BoardParent = BoardRow;
export type MeasurementParent = Omit<MeasurementRow, 'createdAt'> & { readonly isPresent: boolean };
export type CheckpointParent = NamedCheckpoint;
export type EvaluationTaskParent = EvaluationTaskRow;
export type ResultParent = ResultRow;
export type LogLineParent = LogLineRow;
export type SubmissionParent = SubmissionRow;
export type SubmissionFileParent = SubmissionFileRow;

/** The board reads a few fields of many evaluations; the rest of one is read when a query asks for it. */
export interface EvaluationParent {
  readonly id: string;
  readonly state: PublicState;
  readonly shardsDone: number;
  readonly shardsTotal: number;
  readonly checkpoint: NamedCheckpoint;
  /** Its own row; a page of evaluations has it without reading the rest. */
  row(): Promise<EvaluationRow>;
  /** All of it; read once, also when many subscribers share this parent. */
  detail(): Promise<EvaluationDetail>;
  /** The newest lines; read once for each `last`. */
  log(last: number): Promise<readonly LogLineRow[]>;
}

export interface EvaluationConnectionParent {
  readonly edges: { readonly cursor: string; readonly node: EvaluationParent }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface LeaderboardRowParent {
  readonly checkpoint: NamedCheckpoint;
  readonly evaluation: EvaluationParent;
  readonly rankFirst: number | null;
  readonly rankLast: number | null;
  readonly values: (number | null)[];
  readonly lows: (number | null)[];
  readonly highs: (number | null)[];
  readonly counts: (number | null)[];
  readonly complete: boolean[];
  readonly pValues: (number | null)[];
}

export interface LeaderboardParent {
  readonly __typename: 'Leaderboard';
  readonly boardVersion: number;
  readonly metrics: string[];
  readonly boardId: string;
  readonly measurementId: string | null;
  readonly rankingMetric: string;
  readonly otherProtocols: readonly string[];
  readonly total: number;
  readonly active: number;
  readonly edges: { readonly cursor: string; readonly node: LeaderboardRowParent }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface LeaderboardChangeParent {
  readonly __typename: 'LeaderboardChange';
  readonly before: number;
  readonly after: number;
  readonly otherProtocols: readonly string[];
  readonly total: number;
  readonly active: number;
  readonly pageInfo: LeaderboardParent['pageInfo'];
  readonly order: readonly string[] | null;
  readonly removed: readonly string[];
  readonly added: LeaderboardParent['edges'];
  readonly evaluations: readonly EvaluationParent[];
  readonly places: readonly LeaderboardPlace[];
  readonly cells: readonly LeaderboardCell[];
}

export type TaskParent = TaskDefinition;
