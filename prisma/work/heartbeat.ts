import { leadOfWork } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import type { Database } from '../database.ts';
import { type Held, LEASED } from './held.ts';
import { hintOf } from './tell.ts';

// 2.5 ms (npm run bench:work)
/**
 * Renews the lease and tells how far the work is.
 *
 * @param progress.done examples of the shard that are scored; nothing for other kinds
 * @returns 'fenced' when the work went to another: stop and write nothing; 'cancelled' when nobody wants it any more.
 */
export async function heartbeat(
  db: Database,
  { id, token }: Held,
  progress: { readonly done: number } = { done: 0 },
): Promise<'ok' | 'fenced' | 'cancelled'> {
  const renewed = await db.sql
    .updateTable('Work')
    .set({
      ...LEASED,
      done: text<number>`least(greatest(done, ${progress.done}),
          coalesce((SELECT s."to" - s."from" FROM "Shard" s WHERE s."workId" = "Work".id), 0))`,
    })
    .where('id', '=', id)
    .where('leaseToken', '=', token)
    .returning(['evaluationId', 'checkpointId'])
    .executeTakeFirst();
  if (renewed) {
    hintOf(db, renewed);
    return 'ok';
  }
  const row = await db.sql.selectFrom('Work').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state === leadOfWork('cancel').to ? 'cancelled' : 'fenced';
}
