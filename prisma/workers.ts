import type { Database } from './database.ts';
import { now } from './now.ts';

/** A worker's sign of life; call it every HEARTBEAT_SECONDS. */
export async function workerAlive(
  db: Database,
  worker: { id: string; hostname: string; device: string },
): Promise<void> {
  const { id, hostname, device } = worker;
  await db.sql
    .insertInto('Worker')
    .values({ id, hostname, device })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ hostname, device, heartbeatAt: now }))
    .execute();
}
