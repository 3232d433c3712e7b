import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction } from '../transaction.ts';
import type { SummariseChore } from './summary.ts';

const REMEDY = 'Evaluate it again; if it stops again, tell who runs this board.';

/**
 * A summary was tried for the last time: the evaluation is FAILED.
 *
 * @param why completes the sentence "The scores of clevr could not be summarised: ...", with its full stop
 * @returns false where the evaluation had ended before
 */
export function failSummary(db: Database, { evaluationId, task }: SummariseChore, why: string): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const reason = `The scores of ${task} could not be summarised: ${why}`;
    if (
      !(await endEvaluation(sql, 'service', evaluationId, { event: 'fail', fault: 'SERVICE', reason, remedy: REMEDY }))
    )
      return false;
    await addLogLine(sql, evaluationId, { stage: 'score', message: reason });
    return true;
  });
}
