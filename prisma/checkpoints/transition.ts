import { type CheckpointEvent, leadOfCheckpoint } from '@gdbench/benchmark/states';
import type { UpdateObject } from 'kysely';
import type { Actor } from '../actor.ts';
import type { DB } from '../generated/tables.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';

/**
 * An event happens to a checkpoint: the only statement that changes its state. Whoever waits for it is told by the caller.
 *
 * @param more columns that are written with it
 * @returns false, and nothing is changed, where the checkpoint is in no state in which the event happens
 */
export async function transitionCheckpoint(
  sql: Sql,
  actor: Actor,
  checkpointId: string,
  event: CheckpointEvent,
  more: Omit<UpdateObject<DB, 'Checkpoint'>, 'id' | 'state' | 'stateSince' | 'stateBy'> = {},
): Promise<boolean> {
  const { from, to } = leadOfCheckpoint(event);
  const { numUpdatedRows } = await sql
    .updateTable('Checkpoint')
    .set({ ...more, state: to, stateSince: now, stateBy: actor })
    .where('id', '=', checkpointId)
    .where('state', 'in', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
