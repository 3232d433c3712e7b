import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { isId } from '../id.ts';
import { inTransaction, raw } from '../transaction.ts';

// an evaluation that is still uploading has no shards yet, so that its own lock may come first
const LOCK = `SELECT 1 FROM "Evaluation" WHERE id = $1 AND state = 'UPLOADING' FOR NO KEY UPDATE`;

/** FAILED, for its files never came; false when it is not uploading any more. */
export async function failUpload(
  db: Database,
  evaluationId: string,
  why: { reason: string; remedy: string },
): Promise<boolean> {
  if (!isId(evaluationId)) return false;
  return inTransaction(db, async (sql) => {
    const { rowCount } = await raw(sql, LOCK, [evaluationId]);
    if (rowCount === 0) return false;
    return endEvaluation(sql, evaluationId, { state: 'FAILED', fault: 'SUBMITTER', ...why });
  });
}
