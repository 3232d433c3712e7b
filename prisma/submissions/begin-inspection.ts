import type { Actor } from '../actor.ts';
import { transition } from '../evaluations/transition.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import type { Sql } from '../transaction.ts';
import { enqueue } from '../work/enqueue.ts';

/** INSPECTING, with work in the queue, once every file of the submission is stored; before that, and later, nothing. */
export async function beginInspection(sql: Sql, actor: Actor, evaluationId: string): Promise<void> {
  // of two that mark the last two files at the same moment each sees only its own; the second one waits here for the first
  const { submissionId } = await sql
    .selectFrom('Evaluation')
    .select('submissionId')
    .where('id', '=', evaluationId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const missing = await sql
    .selectFrom('SubmissionFile')
    .select('id')
    .where('submissionId', '=', submissionId)
    .where('stored', '=', false)
    .limit(1)
    .executeTakeFirst();
  await notifyEvaluation(sql, evaluationId);
  if (missing) return;
  if (!(await transition(sql, actor, evaluationId, 'store'))) return;
  await enqueue(sql, evaluationId, [{ kind: 'INSPECT' }]);
  await raiseBoard(sql);
}
