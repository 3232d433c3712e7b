import type { Database } from './database.ts';

const ALIVE = `
  INSERT INTO "Worker" (id, hostname, device) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET hostname = excluded.hostname, device = excluded.device, "heartbeatAt" = now()`;

/** A worker's sign of life; call it every HEARTBEAT_SECONDS. */
export async function workerAlive(
  db: Database,
  worker: { id: string; hostname: string; device: string },
): Promise<void> {
  await db.pool.query(ALIVE, [worker.id, worker.hostname, worker.device]);
}
