import { leadOfWork } from '@gdbench/benchmark/states';
import type { Sql } from '../transaction.ts';
import { isOf, type WorkOf } from './of.ts';

/**
 * Locks all such work that has not ended; whoever changes more than one piece of it calls this first. Twice, since a
 * claim that is waited for may have cut a piece off meanwhile: afterwards there is nothing left to cut.
 */
export async function lockWork(sql: Sql, of: WorkOf): Promise<void> {
  for (let pass = 0; pass < 2; pass += 1)
    await sql
      .selectFrom('Work')
      .select('id')
      .where(isOf(of))
      .where('state', 'in', leadOfWork('cancel').from)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute();
}
