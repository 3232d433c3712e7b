import type { CheckpointFault } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction } from '../transaction.ts';
import { completeWork } from '../work/complete.ts';
import type { Held } from '../work/held.ts';

interface Refusal {
  readonly fault: 'SUBMITTER';
  /** Two sentences for the submitter: what is wrong and where, and what to do about it. */
  readonly reason: string;
  readonly remedy: string;
  readonly faults?: readonly CheckpointFault[];
}

/** REFUSED: the submitter's files are not fit, or not for the protocol that was asked for. False when the lease is lost. */
export function refuse(db: Database, held: Held, { fault, reason, remedy, faults }: Refusal): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held);
    if (!work) return false;
    await addLogLine(sql, work.evaluationId, { stage: 'inspect', message: reason });
    const ending = { event: 'refuse', fault, reason, remedy, ...(faults ? { faults } : {}) } as const;
    return endEvaluation(sql, work.by, work.evaluationId, ending);
  });
}
