import type { Sql } from './transaction.ts';

/** Whoever locks the same name waits here until the other's transaction has ended. */
export async function lockName(sql: Sql, name: string): Promise<void> {
  await sql
    .selectNoFrom(({ fn, val }) =>
      fn('pg_advisory_xact_lock', [fn('hashtextextended', [val(name), val(0)])]).as('locked'),
    )
    .execute();
}
