import { workerNamed } from '../actor.ts';
import type { Database } from '../database.ts';
import { endEvaluation, lockShards } from '../evaluations/end-evaluation.ts';
import type { Fault } from '../evaluations/rows.ts';
import { notifyEvaluation } from '../events/notify.ts';
import { addScoreJob, pauseAfter } from '../jobs/add.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import { addLogLine } from '../log/add.ts';
import { inTransaction, raw } from '../transaction.ts';

export interface Failure {
  /** One sentence: what went wrong. */
  readonly error: string;
  readonly fault: Fault;
  /** One sentence: what to do about it. */
  readonly remedy: string;
  /** Another try would fail the same way. */
  readonly permanent: boolean;
}

interface HeldShard {
  evaluationId: string;
  attempts: number;
  workerId: string;
}

const OWNER = 'SELECT "evaluationId" FROM "Shard" WHERE id = $1';
const HELD = `
  SELECT "evaluationId", attempts, "workerId" FROM "Shard" WHERE id = $1 AND "leaseToken" = $2 AND state = 'RUNNING'`;
const SETTLE = `
  UPDATE "Shard" SET state = $2::"ShardState", error = $3, "leaseToken" = NULL, "leaseExpiresAt" = NULL, "examplesDone" = 0,
    "finishedAt" = CASE WHEN $2 = 'FAILED' THEN now() END
  WHERE id = $1`;

/**
 * The shard could not be scored: it is tried again, or after MAX_ATTEMPTS, or at once when another try is useless, the
 * whole evaluation is FAILED with the sentence.
 */
export function fail(
  db: Database,
  shardId: string,
  token: string,
  failure: Failure,
): Promise<'retry' | 'failed' | 'fenced'> {
  return inTransaction(db, async (sql) => {
    const owner = await raw<{ evaluationId: string }>(sql, OWNER, [shardId]);
    if (!owner.rows[0]) return 'fenced';
    await lockShards(sql, owner.rows[0].evaluationId);
    const { rows } = await raw<HeldShard>(sql, HELD, [shardId, token]);
    const shard = rows[0];
    if (!shard) return 'fenced';
    await addLogLine(sql, shard.evaluationId, { stage: 'score', message: failure.error });
    if (!failure.permanent && shard.attempts < MAX_ATTEMPTS) {
      await raw(sql, SETTLE, [shardId, 'QUEUED', failure.error]);
      await addScoreJob(sql, shardId, pauseAfter(shard.attempts));
      await notifyEvaluation(sql, shard.evaluationId);
      return 'retry';
    }
    await raw(sql, SETTLE, [shardId, 'FAILED', failure.error]);
    const { fault, error, remedy } = failure;
    await endEvaluation(sql, workerNamed(shard.workerId), shard.evaluationId, {
      event: 'fail',
      fault,
      reason: error,
      remedy,
    });
    return 'failed';
  });
}
