import type { Database } from '../database.ts';
import { presentId } from './former-id.ts';
import { checkpointOf, type NamedCheckpoint } from './rows.ts';

/** A checkpoint by its id, or by one that it had before; under the name by which it was submitted first. */
export async function readCheckpoint(db: Database, id: string): Promise<NamedCheckpoint | null> {
  const present = await presentId(db.sql, id);
  if (present === null) return null;
  const row = await db.sql
    .selectFrom('Checkpoint')
    .selectAll('Checkpoint')
    .select(({ selectFrom }) =>
      selectFrom('Submission')
        .select('name')
        .whereRef('Submission.checkpointId', '=', 'Checkpoint.id')
        .orderBy('createdAt')
        .orderBy('id')
        .limit(1)
        .as('name'),
    )
    .where('id', '=', present)
    .executeTakeFirst();
  return row && row.name !== null ? checkpointOf({ ...row, name: row.name }) : null;
}
