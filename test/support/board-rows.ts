import { randomUUID } from 'node:crypto';
import { measureBoard } from '@gdbench/prisma/boards';
import type { Database } from '@gdbench/prisma/database';
import { BOARD_ID } from './board.ts';

/*
 * Rows of the board without what leads to them.
 */

export const COLUMN = 'mmbias.A-B.effect_size';

/** A row, and its result in the column; null: none. */
export interface Entry {
  readonly rankValue: number | null;
  readonly protocol: string;
  readonly result: { readonly value: number | null; readonly complete: boolean } | null;
  /** False: it failed after some of it was scored. */
  readonly onBoard: boolean;
}

/** DONE, by cosine, without a result in the column. */
export const plain = (rankValue: number | null): Entry => ({
  rankValue,
  protocol: 'cosine',
  result: null,
  onBoard: true,
});

/** Puts evaluations with these rows where there were none, and says their ids, aligned with the entries. */
export async function addToBoard(db: Database, entries: readonly Entry[]): Promise<string[]> {
  const { sql } = db;
  const ids = entries.map(() => randomUUID());
  if (entries.length === 0) return ids;
  const measurementId = await measureBoard(db, BOARD_ID, 'test');
  await sql
    .insertInto('Checkpoint')
    .values(ids.map((id) => ({ id, sha256: id, bytes: '1', state: 'READY' as const })))
    .execute();
  await sql
    .insertInto('Submission')
    .values(ids.map((id) => ({ id, name: id, boardId: BOARD_ID, submitter: 'anonymous', checkpointId: id })))
    .execute();
  await sql
    .insertInto('Evaluation')
    .values(ids.map((id) => ({ id, submissionId: id, checkpointId: id, measurementId, state: 'DONE' as const })))
    .execute();
  const rows = entries.flatMap(({ rankValue, protocol, onBoard }, i) =>
    onBoard ? [{ evaluationId: ids[i]!, rankValue, protocol, measurementId }] : [],
  );
  if (rows.length > 0) await sql.insertInto('LeaderboardRow').values(rows).execute();
  const results = entries.flatMap(({ protocol, result }, i) =>
    result
      ? [{ evaluationId: ids[i]!, task: 'mmbias', metric: 'A-B.effect_size', protocol, measurementId, n: 1, ...result }]
      : [],
  );
  if (results.length > 0) await sql.insertInto('Result').values(results).execute();
  return ids;
}

export async function emptyBoard({ sql }: Database): Promise<void> {
  await sql.deleteFrom('Checkpoint').execute();
}

export async function fillBoard(db: Database, values: readonly (number | null)[]): Promise<string[]> {
  await emptyBoard(db);
  return addToBoard(db, values.map(plain));
}
