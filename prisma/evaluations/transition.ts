import { type EvaluationEvent, type EvaluationState, leadOfEvaluation } from '@gdbench/benchmark/states';
import type { UpdateObject } from 'kysely';
import type { Actor } from '../actor.ts';
import { notifyEvaluation } from '../events/notify.ts';
import type { DB } from '../generated/tables.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';

type Change = UpdateObject<DB, 'Evaluation'>;

/** What else is known of an evaluation by its coming into a state: when. */
const MOMENT: Readonly<Record<EvaluationState, Change>> = {
  WAITING: {},
  REFUSED: { finishedAt: now },
  QUEUED: { inspectedAt: now },
  SCORING: { startedAt: now },
  DONE: { finishedAt: now },
  FAILED: { finishedAt: now },
  CANCELLED: { finishedAt: now },
};

/**
 * An event happens to an evaluation: the only statement that changes its state. It is told to listeners.
 *
 * @param more columns that are written with it
 * @returns false, and nothing is changed, where the evaluation is in no state in which the event happens
 */
export async function transition(
  sql: Sql,
  actor: Actor,
  evaluationId: string,
  event: EvaluationEvent,
  more: Omit<Change, 'id' | 'state' | 'stateSince' | 'stateBy'> = {},
): Promise<boolean> {
  const { from, to } = leadOfEvaluation(event);
  const { numUpdatedRows } = await sql
    .updateTable('Evaluation')
    .set({ ...more, ...MOMENT[to], state: to, stateSince: now, stateBy: actor })
    .where('id', '=', evaluationId)
    .where('state', 'in', from)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await notifyEvaluation(sql, evaluationId);
  return true;
}
