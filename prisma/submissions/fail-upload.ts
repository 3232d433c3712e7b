import type { Actor } from '../actor.ts';
import { lockCheckpoint } from '../checkpoints/lock.ts';
import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { isId } from '../id.ts';
import { inTransaction } from '../transaction.ts';

/** FAILED, for its files never came; false when it is not uploading any more. */
export async function failUpload(
  db: Database,
  actor: Actor,
  evaluationId: string,
  why: { reason: string; remedy: string },
): Promise<boolean> {
  if (!isId(evaluationId)) return false;
  return inTransaction(db, async (sql) => {
    const of = await sql
      .selectFrom('Evaluation')
      .select('checkpointId')
      .where('id', '=', evaluationId)
      .executeTakeFirst();
    if (!of || (await lockCheckpoint(sql, of.checkpointId)).state !== 'UPLOADING') return false;
    return endEvaluation(sql, actor, evaluationId, { event: 'abandon', fault: 'SUBMITTER', ...why });
  });
}
