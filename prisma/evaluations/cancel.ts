import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import { inTransaction, raw } from '../transaction.ts';
import { endEvaluation } from './end-evaluation.ts';
import type { EvaluationState } from './rows.ts';

const STATE = 'SELECT state FROM "Evaluation" WHERE id = $1';

/** Cancels an evaluation that has not ended; says in which state it is when it has; null when there is none. */
export async function cancel(
  db: Database,
  evaluationId: string,
): Promise<{ ok: true } | { ok: false; state: EvaluationState } | null> {
  if (!isId(evaluationId)) return null;
  return inTransaction(db, async (sql) => {
    if (await endEvaluation(sql, evaluationId, { state: 'CANCELLED' })) return { ok: true };
    const { rows } = await raw<{ state: EvaluationState }>(sql, STATE, [evaluationId]);
    const row = rows[0];
    return row ? { ok: false, state: row.state } : null;
  });
}
