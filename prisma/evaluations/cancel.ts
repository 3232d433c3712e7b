import type { Actor } from '../actor.ts';
import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import { inTransaction } from '../transaction.ts';
import { endEvaluation } from './end-evaluation.ts';
import type { EvaluationState } from './rows.ts';

/** Cancels an evaluation that has not ended; says in which state it is when it has; null when there is none. */
export async function cancel(
  db: Database,
  actor: Actor,
  evaluationId: string,
): Promise<{ ok: true } | { ok: false; state: EvaluationState } | null> {
  if (!isId(evaluationId)) return null;
  return inTransaction(db, async (sql) => {
    if (await endEvaluation(sql, actor, evaluationId, { event: 'cancel' })) return { ok: true };
    const row = await sql.selectFrom('Evaluation').select('state').where('id', '=', evaluationId).executeTakeFirst();
    return row ? { ok: false, state: row.state } : null;
  });
}
