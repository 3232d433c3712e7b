import { leadOfEvaluation } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { LEASE_SECONDS } from '../lease.ts';
import { inTransaction } from '../transaction.ts';
import { addSummary } from './add.ts';
import { failSummary } from './fail.ts';
import { keyOf, type SummariseChore } from './summary.ts';

/**
 * Frees the chores that dead workers hold, adds those that are due and not there, and fails the evaluations of those that were tried
 * too often: their process ended each time.
 */
export async function sweepSummaries(db: Database): Promise<{ requeued: number; failed: number }> {
  await unlockOfDead(db);
  const due = await db.sql
    .selectFrom('EvaluationTask')
    .innerJoin('Evaluation', 'Evaluation.id', 'EvaluationTask.evaluationId')
    .select(['EvaluationTask.evaluationId', 'EvaluationTask.task'])
    .where('Evaluation.state', 'in', leadOfEvaluation('finish').from)
    .whereRef('EvaluationTask.summarised', '<', 'EvaluationTask.examplesDone')
    .execute();
  const swept = { requeued: 0, failed: 0 };
  for (const chore of due) {
    const job = await readJob(db, chore);
    if (!job) {
      await inTransaction(db, (sql) => addSummary(sql, chore));
      swept.requeued += 1;
    } else if (job.isExhausted && (await failSummary(db, chore, ENDED_EACH_TIME))) swept.failed += 1;
  }
  return swept;
}

const ENDED_EACH_TIME = 'the process that did it ended each time.';

/** Who holds a chore says so by its sign of life. */
async function unlockOfDead(db: Database): Promise<void> {
  await text`
    SELECT graphile_worker.force_unlock_workers(held.by) FROM (
      SELECT array_agg(DISTINCT j.locked_by) AS by FROM graphile_worker.jobs j
      WHERE j.locked_at < now() - make_interval(secs => ${LEASE_SECONDS}) AND NOT EXISTS (
        SELECT 1 FROM "Worker" w
        WHERE w."choresId" = j.locked_by AND w."heartbeatAt" > now() - make_interval(secs => ${LEASE_SECONDS}))) held
    WHERE held.by IS NOT NULL`.execute(db.sql);
}

/** What is read of a job, in a table that is the library's. */
const Job = z.object({ isExhausted: z.boolean() });

async function readJob(db: Database, chore: SummariseChore): Promise<z.infer<typeof Job> | null> {
  const { rows } = await text`
    SELECT locked_at IS NULL AND attempts >= max_attempts AS "isExhausted" FROM graphile_worker.jobs
    WHERE key = ${keyOf(chore)}`.execute(db.sql);
  return rows[0] === undefined ? null : Job.parse(rows[0]);
}
