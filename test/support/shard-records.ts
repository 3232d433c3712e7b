import type { Database } from '@gdbench/prisma/database';
import { claimed } from './evaluation.ts';

/** Claims shards as a worker does, and looks at their rows and jobs; `database` is read inside of tests only. */
export function shardRecords(database: () => Database) {
  return {
    held: (shardId: string | undefined, worker = 'a') => claimed(database(), shardId ?? '', worker),

    async shardRow(shardId: string) {
      const { rows } = await database().pool.query(
        'SELECT state, attempts, "leaseToken", "examplesDone" FROM "Shard" WHERE id = $1',
        [shardId],
      );
      return rows[0];
    },

    async jobsOf(key: string): Promise<{ waits: boolean; payload: unknown }[]> {
      const { rows } = await database().pool.query(
        'SELECT locked_at IS NULL AND attempts < max_attempts AS waits, (SELECT payload FROM graphile_worker._private_jobs p WHERE p.id = j.id) FROM graphile_worker.jobs j WHERE key = $1',
        [key],
      );
      return rows;
    },
  };
}
