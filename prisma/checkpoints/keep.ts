import { leadOfCheckpoint } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import { newId } from '../id.ts';
import type { Sql } from '../transaction.ts';
import { lockCheckpoint } from './lock.ts';
import type { ManifestFile } from './rows.ts';
import { transitionCheckpoint } from './transition.ts';

interface Kept {
  readonly files: readonly ManifestFile[];
  readonly sha256: string;
  /** Files that the service holds. */
  readonly storedHashes: ReadonlySet<string>;
}

/**
 * The checkpoint of these files, made where there is none, and locked. What the service holds of it is noted: what it holds no more,
 * too, unless it is being inspected.
 */
export async function keepCheckpoint(sql: Sql, actor: Actor, kept: Kept): Promise<string> {
  const present = await sql.selectFrom('Checkpoint').select('id').where('sha256', '=', kept.sha256).executeTakeFirst();
  const id = present?.id ?? (await insert(sql, kept));
  await noteStored(sql, actor, id, kept.storedHashes);
  return id;
}

async function insert(sql: Sql, { files, sha256 }: Kept): Promise<string> {
  const id = newId();
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  await sql
    .insertInto('Checkpoint')
    .values({ id, sha256, bytes: String(bytes) })
    .execute();
  const rows = files.map((file) => ({
    ...{ id: newId(), checkpointId: id, path: file.path },
    ...{ size: String(file.size), sha256: file.sha256 },
  }));
  await sql.insertInto('CheckpointFile').values(rows).execute();
  return id;
}

/** What the service holds of a checkpoint's files now; the checkpoint is locked from here on. */
export async function noteStored(
  sql: Sql,
  actor: Actor,
  checkpointId: string,
  hashes: ReadonlySet<string>,
): Promise<void> {
  const { state } = await lockCheckpoint(sql, checkpointId);
  if (hashes.size > 0)
    await sql
      .updateTable('CheckpointFile')
      .set({ stored: true })
      .where('checkpointId', '=', checkpointId)
      .where('stored', '=', false)
      .where('sha256', 'in', [...hashes])
      .execute();
  // of one that is uploading, files may just be arriving
  if (!leadOfCheckpoint('lose').from.includes(state)) return;
  const { numUpdatedRows } = await sql
    .updateTable('CheckpointFile')
    .set({ stored: false })
    .where('checkpointId', '=', checkpointId)
    .where('stored', '=', true)
    .where('sha256', 'not in', hashes.size > 0 ? [...hashes] : [''])
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await transitionCheckpoint(sql, actor, checkpointId, 'lose');
}
