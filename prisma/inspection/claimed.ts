import { readFiles } from '../checkpoints/read-files.ts';
import type { ManifestFile } from '../checkpoints/rows.ts';
import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { Sql } from '../transaction.ts';
import type { Held } from '../work/held.ts';
import type { Taken } from '../work/take.ts';

/** An inspection under a lease, with all that it needs. */
export interface ClaimedInspection extends Held {
  readonly kind: 'INSPECT';
  /** It is for all who wait for the checkpoint. */
  readonly evaluationId: null;
  readonly checkpointId: string;
  readonly checkpointSha256: string;
  readonly files: readonly ManifestFile[];
  /** How the one who waits longest is probably scored; null: nobody waits any more. */
  readonly next: NextScoring | null;
  /** This one included. */
  readonly attempts: number;
}

export interface NextScoring {
  readonly evaluationId: string;
  readonly samples: number;
  readonly seed: number;
  /** Null: the default of the checkpoint's kind. */
  readonly askedProtocol: string | null;
}

/** What an inspection that was just taken is of. */
export async function claimedInspection(
  sql: Sql,
  { id, token, attempts, checkpointId }: Taken,
): Promise<ClaimedInspection> {
  const { sha256 } = await sql
    .selectFrom('Checkpoint')
    .select('sha256')
    .where('id', '=', checkpointId)
    .executeTakeFirstOrThrow();
  const files = await readFiles(sql, checkpointId);
  const next = await readNext(sql, checkpointId);
  return {
    kind: 'INSPECT',
    id,
    token,
    attempts,
    evaluationId: null,
    checkpointId,
    checkpointSha256: sha256,
    files,
    next,
  };
}

async function readNext(sql: Sql, checkpointId: string): Promise<NextScoring | null> {
  const [first] = await readWaitingFor(sql, checkpointId);
  if (!first) return null;
  const { evaluationId, askedProtocol, boardId } = first;
  const asked = await sql
    .selectFrom('Board')
    .select(['samples', 'seed'])
    .where('id', '=', boardId)
    .executeTakeFirstOrThrow();
  return { evaluationId, askedProtocol, ...asked };
}
