import { type Actor, workerNamed } from '../actor.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import { endLease, type Held } from './held.ts';
import type { Whose } from './of.ts';

export interface Completed extends Whose {
  /** Who completed it. */
  readonly by: Actor;
}

/**
 * Makes held work DONE, in the transaction that writes what it came to.
 *
 * @param more what else is known of it: how many examples were scored
 * @returns undefined when the lease was lost or the work is done already: then nothing may be written.
 */
export async function completeWork(
  sql: Sql,
  held: Held,
  more: { readonly done?: number } = {},
): Promise<Completed | undefined> {
  const done = { ...more, finishedAt: now, heartbeatAt: now, error: null, fault: null };
  const work = await endLease(sql, held, 'complete', done);
  return (
    work && { evaluationId: work.evaluationId, checkpointId: work.checkpointId, by: workerNamed(work.workerId ?? '') }
  );
}
