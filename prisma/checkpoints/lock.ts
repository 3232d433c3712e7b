import type { Sql } from '../transaction.ts';

/** Locks a checkpoint: nobody begins or ceases to wait for it until the transaction has ended. */
export function lockCheckpoint(sql: Sql, checkpointId: string) {
  return sql
    .selectFrom('Checkpoint')
    .select(['state', 'report'])
    .where('id', '=', checkpointId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}
