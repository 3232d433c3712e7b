import { type PublicState, publicState } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import { lockCheckpoint } from '../checkpoints/lock.ts';
import { transitionCheckpoint } from '../checkpoints/transition.ts';
import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { cancelWork } from '../work/cancel.ts';
import { lockWork } from '../work/lock.ts';
import { endEvaluation } from './end-evaluation.ts';

/** Cancels an evaluation that has not ended; says in which state it is when it has; null when there is none. */
export async function cancel(
  db: Database,
  actor: Actor,
  evaluationId: string,
): Promise<{ ok: true } | { ok: false; state: PublicState } | null> {
  if (!isId(evaluationId)) return null;
  return inTransaction(db, async (sql) => {
    const of = await readState(sql, evaluationId);
    if (!of) return null;
    const waited = of.state === 'WAITING';
    if (waited) {
      await lockWork(sql, { checkpointId: of.checkpointId });
      await lockCheckpoint(sql, of.checkpointId);
    }
    const isCancelled = await endEvaluation(sql, actor, evaluationId, { event: 'cancel' });
    if (isCancelled && waited) await giveUpInspection(sql, actor, of.checkpointId);
    if (isCancelled) return { ok: true };
    const now = await readState(sql, evaluationId);
    return now ? { ok: false, state: publicState(now.state, now.checkpoint) } : null;
  });
}

function readState(sql: Sql, evaluationId: string) {
  return sql
    .selectFrom('Evaluation as e')
    .innerJoin('Checkpoint as c', 'c.id', 'e.checkpointId')
    .select(['e.state', 'e.checkpointId', 'c.state as checkpoint'])
    .where('e.id', '=', evaluationId)
    .executeTakeFirst();
}

/** Nobody inspects a checkpoint for which nobody waits any more. Its work and its row are locked by the caller. */
async function giveUpInspection(sql: Sql, actor: Actor, checkpointId: string): Promise<void> {
  if ((await readWaitingFor(sql, checkpointId)).length > 0) return;
  await cancelWork(sql, { checkpointId });
  await transitionCheckpoint(sql, actor, checkpointId, 'abandon');
}
