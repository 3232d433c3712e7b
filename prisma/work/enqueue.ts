import { notifyWork } from '../events/notify.ts';
import type { WorkKind } from '../generated/tables.ts';
import { newId } from '../id.ts';
import type { Sql } from '../transaction.ts';
import { PRIORITY } from './priority.ts';

interface NewWork {
  readonly kind: WorkKind;
  /** Orders the work of one evaluation; default 0. */
  readonly position?: number;
}

/** Adds work to an evaluation, which waits from the end of the caller's transaction on; gives its ids in the same order. */
export async function enqueue(sql: Sql, evaluationId: string, work: readonly NewWork[]): Promise<string[]> {
  const of = await sql
    .selectFrom('Evaluation')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .select(['Evaluation.checkpointId', 'Submission.submitter'])
    .where('Evaluation.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  const rows = work.map(({ kind, position = 0 }) => ({
    ...{ id: newId(), evaluationId, ...of },
    ...{ kind, position, priority: PRIORITY[kind].first },
  }));
  await sql.insertInto('Work').values(rows).execute();
  await notifyWork(sql);
  return rows.map(({ id }) => id);
}
