import type { Sql } from '../transaction.ts';
import type { ManifestFile } from './rows.ts';

/** The files of a checkpoint's manifest, by path. */
export async function readFiles(sql: Sql, checkpointId: string): Promise<ManifestFile[]> {
  const rows = await sql
    .selectFrom('CheckpointFile')
    .select(['path', 'size', 'sha256'])
    .where('checkpointId', '=', checkpointId)
    .orderBy('path')
    .execute();
  return rows.map(({ path, size, sha256 }) => ({ path, size: Number(size), sha256 }));
}
