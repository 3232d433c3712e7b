import { leadOfWork } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import { type Held, LEASED } from './held.ts';
import type { Whose } from './of.ts';

/** Under whose lease work is that is taken now. */
export const takenBy = (worker: string) =>
  ({
    ...LEASED,
    state: leadOfWork('claim').to,
    leaseToken: text<string>`gen_random_uuid()`,
    workerId: worker,
    startedAt: now,
    done: 0,
  }) as const;

export interface Taken extends Held, Whose {
  /** This one included. */
  readonly attempts: number;
}

/** Takes work whose row the caller has locked. */
export async function take(sql: Sql, id: string, worker: string): Promise<Taken> {
  const { leaseToken, ...taken } = await sql
    .updateTable('Work')
    .set((of) => ({ ...takenBy(worker), attempts: of('attempts', '+', 1) }))
    .where('id', '=', id)
    .returning(['id', 'leaseToken', 'evaluationId', 'checkpointId', 'attempts'])
    .executeTakeFirstOrThrow();
  return { ...taken, token: tokenOf(leaseToken) };
}

/** The token of work that was just taken. */
export function tokenOf(leaseToken: string | null): string {
  if (leaseToken === null) throw new Error('Work was taken without a token.');
  return leaseToken;
}
