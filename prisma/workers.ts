import type { Database } from './database.ts';
import { now } from './now.ts';

interface AliveWorker {
  readonly id: string;
  readonly hostname: string;
  readonly device: string;
  /** Under which name its chores are locked; null: it does none yet. */
  readonly choresId: string | null;
}

/** A worker's sign of life: it has just fetched work, or renewed the lease of what it has. */
export async function workerAlive(db: Database, worker: AliveWorker): Promise<void> {
  await db.sql
    .insertInto('Worker')
    .values(worker)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({
        hostname: ref('excluded.hostname'),
        device: ref('excluded.device'),
        choresId: ref('excluded.choresId'),
        heartbeatAt: now,
      })),
    )
    .execute();
}
