import { hasEnded, type PublicState, publicState } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import { goOn } from '../checkpoints/go-on.ts';
import { noteStored } from '../checkpoints/keep.ts';
import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import { lockName } from '../lock-name.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { insertSubmission } from './insert.ts';

export type EvaluatedAgain =
  | { readonly ok: true; readonly submissionId: string }
  | { readonly ok: false; readonly state: PublicState };

/**
 * Evaluates the checkpoint of an evaluation that has ended once more, whatever is there: under the same name, on the same board, by the
 * protocol that was asked for.
 *
 * @param storedHashes files that the service holds
 * @returns the new submission; the state of one that has not ended; null where there is no such evaluation
 */
export async function evaluateAgain(
  db: Database,
  submitter: Actor,
  evaluationId: string,
  storedHashes: ReadonlySet<string>,
): Promise<EvaluatedAgain | null> {
  if (!isId(evaluationId)) return null;
  return inTransaction(db, async (sql) => {
    const of = await readAct(sql, evaluationId);
    if (!of) return null;
    await lockName(sql, of.sha256);
    if (!hasEnded(of.state)) return { ok: false, state: publicState(of.state, of.checkpointState) };
    await noteStored(sql, submitter, of.checkpointId, storedHashes);
    const { submissionId } = await insertSubmission(sql, { ...of, submitter });
    await goOn(sql, submitter, of.checkpointId);
    return { ok: true, submissionId };
  });
}

function readAct(sql: Sql, evaluationId: string) {
  return sql
    .selectFrom('Evaluation as e')
    .innerJoin('Submission as s', 's.id', 'e.submissionId')
    .innerJoin('Checkpoint as c', 'c.id', 'e.checkpointId')
    .select(['e.state', 'c.state as checkpointState', 'c.sha256', 'c.id as checkpointId'])
    .select(['s.name', 's.boardId', 's.protocol'])
    .where('e.id', '=', evaluationId)
    .executeTakeFirst();
}
