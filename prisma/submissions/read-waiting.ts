import { sql as fragment } from 'kysely';
import type { Database } from '../database.ts';

/** A submission that still waits for files. */
export interface WaitingSubmission {
  readonly evaluationId: string;
  /** Its files that have not arrived. */
  readonly fileIds: readonly string[];
}

/** Submissions that are older than so many whole hours and still wait for files. */
export function readWaiting(db: Database, hours: number): Promise<WaitingSubmission[]> {
  return db.sql
    .selectFrom('Evaluation as e')
    .innerJoin('SubmissionFile as f', 'f.submissionId', 'e.submissionId')
    .select(({ fn, ref }) => ['e.id as evaluationId', fn.jsonAgg(ref('f.id')).as('fileIds')])
    .where('f.stored', '=', false)
    .where('e.state', '=', 'UPLOADING')
    .where('e.createdAt', '<', fragment<Date>`now() - make_interval(hours => ${hours})`)
    .groupBy('e.id')
    .execute();
}
