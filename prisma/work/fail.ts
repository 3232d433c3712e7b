import { type Actor, workerNamed } from '../actor.ts';
import { lockCheckpoint } from '../checkpoints/lock.ts';
import { transitionCheckpoint } from '../checkpoints/transition.ts';
import type { Database } from '../database.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import type { Fault } from '../evaluations/rows.ts';
import { MAX_ATTEMPTS, MAX_KILLS } from '../lease.ts';
import { now } from '../now.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { endLease, type Held, secondsFromNow } from './held.ts';
import { lockWork } from './lock.ts';
import { evaluationsOf, type Whose, workOf } from './of.ts';
import { PRIORITY } from './priority.ts';
import { STAGE } from './stage.ts';
import { logWork, notifyOf } from './tell.ts';

export interface Failure {
  /** One sentence: what went wrong. */
  readonly error: string;
  readonly fault: Fault;
  /** One sentence: what to do about it. */
  readonly remedy: string;
  /** Another try would fail the same way. */
  readonly permanent: boolean;
  /** Its process was ended from outside, which is no attempt. Default false. */
  readonly killed?: boolean;
}

/** Seconds before the next try of what has failed so many times, so that what was briefly wrong may have passed. */
const pauseAfter = (failures: number) => Math.min(60, 2 ** failures);

/**
 * The work came to nothing: it is tried again, or after MAX_ATTEMPTS (MAX_KILLS of those that were killed), or at once when another
 * try is useless, the whole evaluation is FAILED with the sentences; for an inspection each that waits for it.
 */
export function fail(db: Database, held: Held, failure: Failure): Promise<'retry' | 'failed' | 'fenced'> {
  return inTransaction(db, async (sql) => {
    const work = await lockHeld(sql, held);
    if (!work) return 'fenced';
    const { killed = false, permanent, error, fault, remedy } = failure;
    const { kind } = work;
    const attempts = work.attempts - (killed ? 1 : 0);
    const kills = work.kills + (killed ? 1 : 0);
    const settled = { attempts, kills, error, fault, done: 0 };
    await logWork(sql, work, { stage: STAGE[kind], message: error });
    if (!permanent && attempts < MAX_ATTEMPTS && kills < MAX_KILLS) {
      const availableAt = secondsFromNow(pauseAfter(killed ? kills : attempts));
      await endLease(sql, held, 'retry', { ...settled, availableAt, priority: PRIORITY[kind].again });
      await notifyOf(sql, work);
      return 'retry';
    }
    await endLease(sql, held, 'fail', { ...settled, finishedAt: now });
    await failAll(sql, workerNamed(work.workerId ?? ''), work, { fault, reason: error, remedy });
    return 'failed';
  });
}

/** Each evaluation that the work was for is FAILED; says how many were. An inspection leaves its checkpoint without a verdict. */
export async function failAll(
  sql: Sql,
  actor: Actor,
  whose: Whose,
  why: { readonly fault: Fault; readonly reason: string; readonly remedy: string },
): Promise<number> {
  if (whose.evaluationId === null) {
    await lockCheckpoint(sql, whose.checkpointId);
    await transitionCheckpoint(sql, actor, whose.checkpointId, 'abandon');
  }
  let failed = 0;
  for (const evaluationId of await evaluationsOf(sql, whose))
    if (await endEvaluation(sql, actor, evaluationId, { event: 'fail', ...why })) failed += 1;
  return failed;
}

async function lockHeld(sql: Sql, { id, token }: Held) {
  const of = await sql
    .selectFrom('Work')
    .select(['evaluationId', 'checkpointId'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!of) return undefined;
  await lockWork(sql, workOf(of));
  // a lease ends with the state RUNNING, so that the token alone says whether it is held
  return sql
    .selectFrom('Work')
    .select(['evaluationId', 'checkpointId', 'kind', 'attempts', 'kills', 'workerId'])
    .where('id', '=', id)
    .where('leaseToken', '=', token)
    .executeTakeFirst();
}
