import type { Actor } from '../actor.ts';
import type { CheckpointFault } from '../checkpoints/rows.ts';
import { removeSummaries } from '../chores/remove.ts';
import { raiseBoardOf } from '../events/notify.ts';
import type { Sql } from '../transaction.ts';
import { cancelWork } from '../work/cancel.ts';
import { lockWork } from '../work/lock.ts';
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

/** Ends an evaluation and frees what it held; false, and nothing is changed, where it had ended before or cannot end so. */
export async function endEvaluation(sql: Sql, actor: Actor, evaluationId: string, ending: Ending): Promise<boolean> {
  await lockWork(sql, { evaluationId });
  const { event, ...why } = ending;
  if (!(await transition(sql, actor, evaluationId, event, inColumns(why)))) return false;
  await cancelWork(sql, { evaluationId });
  await sql.deleteFrom('LeaderboardRow').where('evaluationId', '=', evaluationId).execute();
  await removeSummaries(sql, evaluationId);
  await raiseBoardOf(sql, evaluationId);
  return true;
}

/** Faults are stored as JSON, which an array is not for the driver. */
function inColumns({ faults, ...why }: { readonly faults?: readonly CheckpointFault[] }) {
  return faults === undefined ? why : { ...why, faults: JSON.stringify(faults) };
}
