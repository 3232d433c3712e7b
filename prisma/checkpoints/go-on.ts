import { WAITING } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import { now } from '../now.ts';
import type { Sql } from '../transaction.ts';
import { enqueue } from '../work/enqueue.ts';
import { lockCheckpoint } from './lock.ts';
import { queueWaiting } from './queue-waiting.ts';
import { storedReport } from './stored-report.ts';
import { notifyWaiting, raiseBoards } from './tell.ts';
import { transitionCheckpoint } from './transition.ts';
import { readWaitingFor } from './waiting.ts';

/**
 * Brings a checkpoint on for those who wait for it, as far as that goes now: to its inspection, or to the queue where its verdict
 * is known already. Where nobody waits nothing happens. Safe to call at any time.
 */
export async function goOn(sql: Sql, actor: Actor, checkpointId: string): Promise<void> {
  // of two that mark the last two files at the same moment each sees only its own; the second one waits here for the first
  const { state, report } = await lockCheckpoint(sql, checkpointId);
  const waiting = await readWaitingFor(sql, checkpointId);
  const [first] = waiting;
  if (!first) return;
  const known = storedReport(report);
  if (state === 'READY' && known) {
    await cameUp(sql, checkpointId);
    return queueWaiting(sql, actor, known, checkpointId);
  }
  const begins =
    state === 'UPLOADING'
      ? !(await isMissing(sql, checkpointId)) && (await transitionCheckpoint(sql, actor, checkpointId, 'store'))
      : await transitionCheckpoint(sql, actor, checkpointId, 'inspectAgain');
  if (begins)
    await enqueue(sql, { checkpointId, evaluationId: null, submitter: first.submitter }, [{ kind: 'INSPECT' }]);
  const isNew = (begins || state === 'INSPECTING') && (await cameUp(sql, checkpointId));
  await notifyWaiting(sql, waiting);
  if (isNew) await raiseBoards(sql, waiting);
}

async function isMissing(sql: Sql, checkpointId: string): Promise<boolean> {
  const missing = await sql
    .selectFrom('CheckpointFile')
    .select('id')
    .where('checkpointId', '=', checkpointId)
    .where('stored', '=', false)
    .limit(1)
    .executeTakeFirst();
  return missing !== undefined;
}

/** All files of those who wait are there; false where that was so of each of them. */
async function cameUp(sql: Sql, checkpointId: string): Promise<boolean> {
  const { numUpdatedRows } = await sql
    .updateTable('Evaluation')
    .set({ uploadedAt: now })
    .where('checkpointId', '=', checkpointId)
    .where('state', '=', WAITING)
    .where('uploadedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
