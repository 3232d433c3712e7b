import { sql as text } from 'kysely';
import type { Sql } from '../transaction.ts';
import { keyOf } from './summary.ts';

/** Nobody wants the summaries of an evaluation any more. */
export async function removeSummaries(sql: Sql, evaluationId: string): Promise<void> {
  const tasks = await sql
    .selectFrom('EvaluationTask')
    .select('task')
    .where('evaluationId', '=', evaluationId)
    .orderBy('task')
    .execute();
  for (const { task } of tasks)
    await text`SELECT graphile_worker.remove_job(${keyOf({ evaluationId, task })})`.execute(sql);
}
