import { WAITING } from '@gdbench/benchmark/states';
import type { Sql } from '../transaction.ts';

/** An evaluation that waits for its checkpoint. */
export interface Waiting {
  readonly evaluationId: string;
  readonly boardId: string;
  readonly submitter: string;
  /** Null: the default of the checkpoint's kind. */
  readonly askedProtocol: string | null;
}

/** Evaluations that wait for a checkpoint, the oldest first. */
export function readWaitingFor(sql: Sql, checkpointId: string): Promise<Waiting[]> {
  return sql
    .selectFrom('Evaluation')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .select(['Evaluation.id as evaluationId', 'Submission.boardId', 'Submission.submitter'])
    .select('Submission.protocol as askedProtocol')
    .where('Evaluation.checkpointId', '=', checkpointId)
    .where('Evaluation.state', '=', WAITING)
    .orderBy('Evaluation.createdAt')
    .orderBy('Evaluation.id')
    .execute();
}
