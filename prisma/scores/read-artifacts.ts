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

const READ = `
  SELECT task, "from", "to", "errorsSha256" AS sha256, "errorsBytes"::float8 AS bytes FROM "Shard"
  WHERE "evaluationId" = $1 AND "errorsSha256" IS NOT NULL ORDER BY position`;

/** What is kept of an evaluation's samples so far, in the order of its shards. */
export async function readArtifacts(db: Database, evaluationId: string): Promise<ArtifactRow[]> {
  if (!isId(evaluationId)) return [];
  const { rows } = await db.pool.query<ArtifactRow>(READ, [evaluationId]);
  return rows;
}
