import { leadOfWork } from '@gdbench/benchmark/states';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import { FREE } from './held.ts';

/** Nobody wants an evaluation's work any more: what waits or is under way is cancelled. Its rows are locked by the caller. */
export async function cancelWork(sql: Sql, evaluationId: string): Promise<void> {
  const { from, to } = leadOfWork('cancel');
  await sql
    .updateTable('Work')
    .set({ ...FREE, state: to, finishedAt: now })
    .where('evaluationId', '=', evaluationId)
    .where('state', 'in', from)
    .execute();
}
