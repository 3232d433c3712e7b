import type { CheckpointFault } from '../checkpoints/rows.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { removeJobs } from '../jobs/remove.ts';
import { raw, type Sql } from '../transaction.ts';
import type { Fault } from './rows.ts';

/** How an evaluation ends without a result. */
export type Ending =
  | { readonly state: 'CANCELLED' }
  | {
      readonly state: 'REFUSED' | 'FAILED';
      readonly fault: Fault;
      readonly reason: string;
      readonly remedy: string;
      /** Of the checkpoint's files, where it is refused for them. */
      readonly faults?: readonly CheckpointFault[];
    };

const LOCK_SHARDS = 'SELECT 1 FROM "Shard" WHERE "evaluationId" = $1 ORDER BY position FOR NO KEY UPDATE';
const END = `
  UPDATE "Evaluation" SET state = $2::"EvaluationState", "stateSince" = now(), "finishedAt" = now(),
    fault = $3::"Fault", reason = $4, remedy = $5, faults = $6, "leaseToken" = NULL, "leaseExpiresAt" = NULL
  WHERE id = $1 AND state IN ('UPLOADING', 'INSPECTING', 'QUEUED', 'SCORING')`;
const CANCEL_SHARDS = `
  UPDATE "Shard" SET state = 'CANCELLED', "leaseToken" = NULL, "leaseExpiresAt" = NULL, "finishedAt" = now()
  WHERE "evaluationId" = $1 AND state IN ('QUEUED', 'RUNNING')`;
const LEAVE_BOARD = 'DELETE FROM "LeaderboardRow" WHERE "evaluationId" = $1';

/** Locks the evaluation's shards; whoever changes more than one of them calls this first. */
export async function lockShards(sql: Sql, evaluationId: string): Promise<void> {
  await raw(sql, LOCK_SHARDS, [evaluationId]);
}

/** Ends an unfinished evaluation and frees what it held; false, and nothing is changed, when it had ended before. */
export async function endEvaluation(sql: Sql, evaluationId: string, ending: Ending): Promise<boolean> {
  await lockShards(sql, evaluationId);
  const { fault, reason, remedy, faults } = ending.state === 'CANCELLED' ? NO_FAULT : ending;
  const json = faults === undefined ? null : JSON.stringify(faults);
  const { rowCount } = await raw(sql, END, [evaluationId, ending.state, fault, reason, remedy, json]);
  if (rowCount === 0) return false;
  await raw(sql, CANCEL_SHARDS, [evaluationId]);
  await raw(sql, LEAVE_BOARD, [evaluationId]);
  await removeJobs(sql, evaluationId);
  await notifyEvaluation(sql, evaluationId);
  await raiseBoard(sql);
  return true;
}

const NO_FAULT = { fault: null, reason: null, remedy: null, faults: undefined };
