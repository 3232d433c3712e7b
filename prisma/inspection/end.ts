import type { Database } from '../database.ts';
import { type Ending, endEvaluation } from '../evaluations/end-evaluation.ts';
import { addLogLine } from '../log.ts';
import { inTransaction } from '../transaction.ts';

/** Two sentences for the submitter: what is wrong and where, and what to do about it. */
interface Explanation {
  readonly reason: string;
  readonly remedy: string;
}

const FENCE = `
  SELECT 1 FROM "Evaluation" WHERE id = $1 AND "leaseToken" = $2 AND state = 'INSPECTING' FOR NO KEY UPDATE`;

function end(
  db: Database,
  evaluationId: string,
  token: string,
  ending: Exclude<Ending, { state: 'CANCELLED' }>,
): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    // an inspected evaluation has no shards yet, so that its own lock may come first
    const { rowCount } = await sql.query(FENCE, [evaluationId, token]);
    if (rowCount === 0) return false;
    await addLogLine(sql, evaluationId, { stage: 'inspect', message: ending.reason });
    return endEvaluation(sql, evaluationId, ending);
  });
}

/** REFUSED: the submitter's files are not fit. False when the lease is lost. */
export function refuse(
  db: Database,
  evaluationId: string,
  token: string,
  why: Explanation & { fault: 'SUBMITTER' },
): Promise<boolean> {
  return end(db, evaluationId, token, { state: 'REFUSED', fault: 'SUBMITTER', reason: why.reason, remedy: why.remedy });
}

/** FAILED by the service's own fault. False when the lease is lost. */
export function failInspection(db: Database, evaluationId: string, token: string, why: Explanation): Promise<boolean> {
  return end(db, evaluationId, token, { state: 'FAILED', fault: 'SERVICE', reason: why.reason, remedy: why.remedy });
}
