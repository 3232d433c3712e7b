import { leadOfWork, type WorkEvent } from '@gdbench/benchmark/states';
import { sql as text, type UpdateObject } from 'kysely';
import type { DB } from '../generated/tables.ts';
import { LEASE_SECONDS } from '../lease.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';

/** A piece of work under a lease. The token fences every write: whoever took over has another one. */
export interface Held {
  readonly id: string;
  readonly token: string;
}

export const secondsFromNow = (seconds: number) => text<Date>`now() + make_interval(secs => ${seconds})`;

/** What a lease is of when it is taken or renewed. */
export const LEASED = { leaseExpiresAt: secondsFromNow(LEASE_SECONDS), heartbeatAt: now } as const;
/** Nobody's any more. */
export const FREE = { leaseToken: null, leaseExpiresAt: null } as const;

/**
 * An event ends the lease of held work.
 *
 * @param more columns that are written with it
 * @returns undefined, and nothing is changed, where the lease is lost or the event does not happen in the work's state
 */
export function endLease(
  sql: Sql,
  { id, token }: Held,
  event: WorkEvent,
  more: Omit<UpdateObject<DB, 'Work'>, 'id' | 'state'> = {},
) {
  const { from, to } = leadOfWork(event);
  return sql
    .updateTable('Work')
    .set({ ...more, ...FREE, state: to })
    .where('id', '=', id)
    .where('leaseToken', '=', token)
    .where('state', 'in', from)
    .returning(['evaluationId', 'checkpointId', 'kind', 'workerId'])
    .executeTakeFirst();
}
