import type { Actor } from '../actor.ts';
import type { Database } from '../database.ts';
import { isId } from '../id.ts';
import { inTransaction } from '../transaction.ts';
import { beginInspection } from './begin-inspection.ts';

/**
 * Marks a file as stored; the last one begins inspection. Safe to call twice.
 *
 * @returns 'waiting' for other files; 'inspecting' when all are there, also later on; 'gone' when there is no such file
 * or its evaluation was cancelled.
 */
export async function fileStored(
  db: Database,
  actor: Actor,
  fileId: string,
): Promise<'waiting' | 'inspecting' | 'gone'> {
  if (!isId(fileId)) return 'gone';
  return inTransaction(db, async (sql) => {
    const marked = await sql
      .updateTable('SubmissionFile as f')
      .from('Evaluation as e')
      .set({ stored: true })
      .where('f.id', '=', fileId)
      .whereRef('e.submissionId', '=', 'f.submissionId')
      .returning('e.id')
      .executeTakeFirst();
    if (!marked) return 'gone';
    await beginInspection(sql, actor, marked.id);
    const { state } = await sql
      .selectFrom('Evaluation')
      .select('state')
      .where('id', '=', marked.id)
      .executeTakeFirstOrThrow();
    if (state === 'UPLOADING') return 'waiting';
    return state === 'CANCELLED' ? 'gone' : 'inspecting';
  });
}
