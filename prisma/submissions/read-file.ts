import { type PublicState, publicState } from '@gdbench/benchmark/states';
import { presentId } from '../checkpoints/former-id.ts';
import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { Database } from '../database.ts';
import type { SubmissionFileRow } from './read-submission.ts';

/** A manifest line with the checkpoint it belongs to. */
export interface FileRow extends SubmissionFileRow {
  readonly checkpointId: string;
  /** Evaluations that wait for its bytes; empty where its checkpoint is complete, or nobody wants it any more. */
  readonly awaitedBy: readonly string[];
  /** Of the newest evaluation of its checkpoint. */
  readonly state: PublicState;
}

/** A file by its id, or by one that it had before. */
export async function readFile(db: Database, fileId: string): Promise<FileRow | null> {
  const id = await presentId(db.sql, fileId);
  if (id === null) return null;
  const row = await db.sql
    .selectFrom('CheckpointFile as f')
    .innerJoin('Checkpoint as c', 'c.id', 'f.checkpointId')
    .innerJoin('Evaluation as e', 'e.checkpointId', 'c.id')
    .select(['f.id', 'f.path', 'f.size', 'f.sha256', 'f.stored', 'f.checkpointId'])
    .select(['c.state as checkpoint', 'e.state'])
    .where('f.id', '=', id)
    .orderBy('e.createdAt', 'desc')
    .orderBy('e.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { checkpoint, state, size, ...file } = row;
  const waiting = checkpoint === 'UPLOADING' ? await readWaitingFor(db.sql, file.checkpointId) : [];
  const awaitedBy = waiting.map(({ evaluationId }) => evaluationId);
  return { ...file, size: Number(size), awaitedBy, state: publicState(state, checkpoint) };
}
