import { leadOfWork } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import type { Database } from '../database.ts';

/** Work that waits so long while no worker gives a sign of life is taken by nobody. */
const PATIENCE_SECONDS = 30;
const then = text<Date>`now() - make_interval(secs => ${PATIENCE_SECONDS})`;

/** Whether some worker takes work, or none waits that could be taken. A worker that is busy gives signs of life too. */
export async function isWorkTaken(db: Database): Promise<boolean> {
  const waiting = await db.sql
    .selectFrom('Work')
    .select('id')
    .where('state', 'in', leadOfWork('claim').from)
    .where('availableAt', '<', then)
    .limit(1)
    .executeTakeFirst();
  if (!waiting) return true;
  const alive = await db.sql
    .selectFrom('Worker')
    .select('id')
    .where('heartbeatAt', '>', then)
    .limit(1)
    .executeTakeFirst();
  return alive !== undefined;
}
