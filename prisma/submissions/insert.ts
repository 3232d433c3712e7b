import type { Actor } from '../actor.ts';
import { newId } from '../id.ts';
import type { Sql } from '../transaction.ts';

export interface SubmissionIds {
  readonly submissionId: string;
  readonly evaluationId: string;
}

interface Act {
  readonly submitter: Actor;
  readonly name: string;
  readonly boardId: string;
  readonly checkpointId: string;
  readonly protocol?: string | null;
}

/** A submission with its evaluation, which waits for its checkpoint. */
export async function insertSubmission(
  sql: Sql,
  { submitter, name, boardId, checkpointId, protocol = null }: Act,
): Promise<SubmissionIds> {
  const [submissionId, evaluationId] = [newId(), newId()];
  await sql
    .insertInto('Submission')
    .values({ id: submissionId, checkpointId, boardId, submitter, name, protocol })
    .execute();
  await sql
    .insertInto('Evaluation')
    .values({ id: evaluationId, submissionId, checkpointId, stateBy: submitter })
    .execute();
  return { submissionId, evaluationId };
}
