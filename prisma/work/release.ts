import { sql as text } from 'kysely';
import type { Database } from '../database.ts';
import { notifyWork } from '../events/notify.ts';
import { now } from '../now.ts';
import { inTransaction } from '../transaction.ts';
import { endLease, type Held } from './held.ts';
import { PRIORITY } from './priority.ts';
import { notifyOf } from './tell.ts';

/** Gives the work back at shutdown, as if it had not been begun; false when the lease is lost. */
export function release(db: Database, held: Held): Promise<boolean> {
  return inTransaction(db, async (sql) => {
    const attempts = text<number>`attempts - 1`;
    const released = await endLease(sql, held, 'release', { availableAt: now, done: 0, attempts });
    if (!released) return false;
    await sql.updateTable('Work').set({ priority: PRIORITY[released.kind].again }).where('id', '=', held.id).execute();
    await notifyOf(sql, released);
    await notifyWork(sql);
    return true;
  });
}
