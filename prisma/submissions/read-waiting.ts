import { storedStates } from '@gdbench/benchmark/states';
import { sql as fragment } from 'kysely';
import type { Database } from '../database.ts';
import { isShownAs } from '../evaluations/shown-as.ts';

/** A submission that still waits for files. */
export interface WaitingSubmission {
  readonly evaluationId: string;
  /** Files of its checkpoint that have not arrived. */
  readonly fileIds: readonly string[];
}

/** Submissions that are older than so many whole hours and still wait for files. */
export async function readWaiting(db: Database, hours: number): Promise<WaitingSubmission[]> {
  const rows = await db.sql
    .selectFrom('Evaluation as e')
    .innerJoin('Checkpoint as c', 'c.id', 'e.checkpointId')
    .leftJoin('CheckpointFile as f', (join) => join.onRef('f.checkpointId', '=', 'c.id').on('f.stored', '=', false))
    .select(({ fn, ref }) => [
      'e.id as evaluationId',
      fn.jsonAgg(ref('f.id')).filterWhere('f.id', 'is not', null).as('fileIds'),
    ])
    .where(isShownAs(storedStates('UPLOADING')))
    .where('e.createdAt', '<', fragment<Date>`now() - make_interval(hours => ${hours})`)
    .groupBy('e.id')
    .execute();
  return rows.map(({ evaluationId, fileIds }) => ({
    evaluationId,
    fileIds: (fileIds ?? []).flatMap((id) => id ?? []),
  }));
}
