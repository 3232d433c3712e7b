import { leadOfWork } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import type { CheckpointFault } from '../checkpoints/rows.ts';
import { raiseBoard } from '../events/notify.ts';
import { removeJobs } from '../jobs/remove.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import type { Fault } from './rows.ts';
import { transition } from './transition.ts';

/** By which event an evaluation ends without a result. */
export type Ending =
  | { readonly event: 'cancel' }
  | {
      readonly event: 'abandon' | 'refuse' | 'fail';
      readonly fault: Fault;
      readonly reason: string;
      readonly remedy: string;
      /** Of the checkpoint's files, where it is refused for them. */
      readonly faults?: readonly CheckpointFault[];
    };

/** Locks the evaluation's shards; whoever changes more than one of them calls this first. */
export async function lockShards(sql: Sql, evaluationId: string): Promise<void> {
  await sql
    .selectFrom('Shard')
    .select('id')
    .where('evaluationId', '=', evaluationId)
    .orderBy('position')
    .forNoKeyUpdate()
    .execute();
}

/** Ends an evaluation and frees what it held; false, and nothing is changed, where it had ended before or cannot end so. */
export async function endEvaluation(sql: Sql, actor: Actor, evaluationId: string, ending: Ending): Promise<boolean> {
  await lockShards(sql, evaluationId);
  const { event, ...why } = ending;
  if (!(await transition(sql, actor, evaluationId, event, { ...inColumns(why), ...NO_LEASE }))) return false;
  await cancelShards(sql, evaluationId);
  await sql.deleteFrom('LeaderboardRow').where('evaluationId', '=', evaluationId).execute();
  await removeJobs(sql, evaluationId);
  await raiseBoard(sql);
  return true;
}

const NO_LEASE = { leaseToken: null, leaseExpiresAt: null };

/** Faults are stored as JSON, which an array is not for the driver. */
function inColumns({ faults, ...why }: { readonly faults?: readonly CheckpointFault[] }) {
  return faults === undefined ? why : { ...why, faults: JSON.stringify(faults) };
}

async function cancelShards(sql: Sql, evaluationId: string): Promise<void> {
  const { from, to } = leadOfWork('cancel');
  await sql
    .updateTable('Shard')
    .set({ ...NO_LEASE, state: to, finishedAt: now })
    .where('evaluationId', '=', evaluationId)
    .where('state', 'in', from)
    .execute();
}
