import type { Sql } from '../transaction.ts';
import type { ManifestFile } from './rows.ts';

/** The files of a submission's manifest, by path. */
export async function readFiles(sql: Sql, submissionId: string): Promise<ManifestFile[]> {
  const rows = await sql
    .selectFrom('SubmissionFile')
    .select(['path', 'size', 'sha256'])
    .where('submissionId', '=', submissionId)
    .orderBy('path')
    .execute();
  return rows.map(({ path, size, sha256 }) => ({ path, size: Number(size), sha256 }));
}
