import type { CheckpointFault } from '../checkpoints/rows.ts';
import { transitionCheckpoint } from '../checkpoints/transition.ts';
import { readWaitingFor } from '../checkpoints/waiting.ts';
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

/** The checkpoint is REFUSED, and so is each evaluation that waits for it: the files are not fit. False when the lease is lost. */
export function refuse(db: Database, held: Held, { fault, reason, remedy, faults }: Refusal): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held);
    if (!work) return false;
    const { checkpointId, by } = work;
    if (!(await transitionCheckpoint(sql, by, checkpointId, 'refuse')))
      throw new Error(`Checkpoint ${checkpointId} has an inspection under way and is in no state to be refused.`);
    const ending = { event: 'refuse', fault, reason, remedy, ...(faults ? { faults } : {}) } as const;
    for (const { evaluationId } of await readWaitingFor(sql, checkpointId)) {
      await addLogLine(sql, evaluationId, { stage: 'inspect', message: reason });
      await endEvaluation(sql, by, evaluationId, ending);
    }
    return true;
  });
}
