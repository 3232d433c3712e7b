import type { Database } from '@gdbench/prisma/database';
import { claimed } from './evaluation.ts';

/** Claims shards as a worker does, and looks at their rows and at chores; `database` is read inside of tests only. */
export function shardRecords(database: () => Database) {
  return {
    held: (evaluationId: string, worker = 'a') => claimed(database(), evaluationId, worker),

    async workRow(id: string) {
      const { rows } = await database().pool.query(
        'SELECT state, attempts, "leaseToken", done FROM "Work" WHERE id = $1',
        [id],
      );
      return rows[0];
    },

    /** The tasks of the evaluation whose summary waits. */
    async summariesOf(evaluationId: string): Promise<string[]> {
      const { rows } = await database().pool.query(
        `SELECT split_part(key, ' ', 3) AS task FROM graphile_worker.jobs
         WHERE key LIKE 'summarise ' || $1 || ' %' AND locked_at IS NULL AND attempts < max_attempts ORDER BY 1`,
        [evaluationId],
      );
      return rows.map(({ task }) => task);
    },
  };
}
