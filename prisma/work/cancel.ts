import { leadOfWork } from '@gdbench/benchmark/states';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import { FREE } from './held.ts';
import { isOf, type WorkOf } from './of.ts';

/** Nobody wants this work any more: what waits or is under way is cancelled. Its rows are locked by the caller. */
export async function cancelWork(sql: Sql, of: WorkOf): Promise<void> {
  const { from, to } = leadOfWork('cancel');
  await sql
    .updateTable('Work')
    .set({ ...FREE, state: to, finishedAt: now })
    .where(isOf(of))
    .where('state', 'in', from)
    .execute();
}
