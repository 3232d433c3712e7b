import { sql as text } from 'kysely';
import type { Database } from '../database.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { keyOf, type SummariseChore } from './summary.ts';

/**
 * Adds the chore, in the place of the one that waits for the same task; part of the caller's transaction.
 *
 * @param at when it may begin; null: now
 */
export async function addSummary(sql: Sql, chore: SummariseChore, at: Date | null = null): Promise<void> {
  await text`
    SELECT graphile_worker.add_job('summarise', ${JSON.stringify(chore)}::json, run_at := coalesce(${at}, now()),
      max_attempts := ${MAX_ATTEMPTS}, job_key := ${keyOf(chore)})`.execute(sql);
}

/** Gives a chore back that was begun, as if it had not been: another worker does it. */
export function postponeSummary(db: Database, chore: SummariseChore): Promise<void> {
  return inTransaction(db, (sql) => addSummary(sql, chore));
}
