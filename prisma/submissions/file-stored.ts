import type { Actor } from '../actor.ts';
import { presentId } from '../checkpoints/former-id.ts';
import { goOn } from '../checkpoints/go-on.ts';
import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { Database } from '../database.ts';
import { inTransaction } from '../transaction.ts';

/**
 * Marks a file as stored; the last one begins inspection. Safe to call twice.
 *
 * @returns 'waiting' for other files; 'inspecting' when all are there, also later on; 'gone' when there is no such file
 * or nobody waits for its checkpoint any more.
 */
export async function fileStored(
  db: Database,
  actor: Actor,
  fileId: string,
): Promise<'waiting' | 'inspecting' | 'gone'> {
  return inTransaction(db, async (sql) => {
    const id = await presentId(sql, fileId);
    if (id === null) return 'gone';
    const marked = await sql
      .updateTable('CheckpointFile')
      .set({ stored: true })
      .where('id', '=', id)
      .returning('checkpointId')
      .executeTakeFirst();
    if (!marked) return 'gone';
    await goOn(sql, actor, marked.checkpointId);
    const { state } = await sql
      .selectFrom('Checkpoint')
      .select('state')
      .where('id', '=', marked.checkpointId)
      .executeTakeFirstOrThrow();
    if (state !== 'UPLOADING') return 'inspecting';
    return (await readWaitingFor(sql, marked.checkpointId)).length > 0 ? 'waiting' : 'gone';
  });
}
