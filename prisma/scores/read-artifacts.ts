import type { Database } from '../database.ts';
import { isId } from '../id.ts';

/** A stored file of errors: those of the samples of examples `from` (inclusive) to `to` (exclusive) of a task. */
export interface ArtifactRow {
  readonly task: string;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** What is kept of an evaluation's samples so far, in the order of its shards. */
export async function readArtifacts(db: Database, evaluationId: string): Promise<ArtifactRow[]> {
  if (!isId(evaluationId)) return [];
  const rows = await db.sql
    .selectFrom('Shard')
    .innerJoin('Work', 'Work.id', 'Shard.workId')
    .select(['Shard.task', 'Shard.from', 'Shard.to', 'Shard.errorsSha256', 'Shard.errorsBytes'])
    .where('Shard.evaluationId', '=', evaluationId)
    .where('Shard.errorsSha256', 'is not', null)
    .orderBy('Work.position')
    .execute();
  return rows.flatMap(({ errorsSha256, errorsBytes, ...range }) =>
    errorsSha256 === null ? [] : [{ ...range, sha256: errorsSha256, bytes: Number(errorsBytes) }],
  );
}
