import { leadOfEvaluation, STORED_UNFINISHED } from '@gdbench/benchmark/states';
import type { Actor } from '../actor.ts';
import { goOn } from '../checkpoints/go-on.ts';
import { keepCheckpoint } from '../checkpoints/keep.ts';
import type { ManifestFile } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { lockName } from '../lock-name.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { insertSubmission, type SubmissionIds } from './insert.ts';

export interface NewSubmission {
  readonly submitter: Actor;
  readonly name: string;
  readonly boardId: string;
  readonly files: readonly ManifestFile[];
  /** Of the checkpoint: checkpointSha256 of its files. */
  readonly sha256: string;
  /** Absent: the default of the checkpoint's kind. */
  readonly protocol?: string | null;
  /** Files that the service holds already need not be sent. */
  readonly storedHashes: ReadonlySet<string>;
}

export interface CreatedSubmission extends SubmissionIds {
  /** Whether it was there before. */
  readonly isRepeated: boolean;
}

/**
 * A submission and its evaluation. The one that is there, where the same submitter sent the same files under the same name to the same
 * board for the same protocol, and it is under way, or done by the board's present measurement; one that was refused, failed or was
 * cancelled is no reason not to try again. It goes on at once as far as it can: to an inspection where all files are stored, and
 * into the queue where the checkpoint is known.
 *
 * @param measured resolves when the board's measurement is that of its present data, which may take long: awaited only where an
 * evaluation that is done hangs on it
 */
export async function createSubmission(
  db: Database,
  input: NewSubmission,
  measured: () => Promise<unknown> = async () => undefined,
): Promise<CreatedSubmission> {
  const made = await attempt(db, input, false);
  if (made) return made;
  // no transaction waits for the data
  await measured();
  const again = await attempt(db, input, true);
  if (!again) throw new Error(`Submission of ${input.name} came to nothing.`);
  return again;
}

/** Null, and nothing is changed, where the board's present data decide and are not known to be measured. */
async function attempt(db: Database, input: NewSubmission, isMeasured: boolean): Promise<CreatedSubmission | null> {
  return inTransaction(db, async (sql) => {
    // the same submission sent twice at once waits here for its twin, and then finds it
    await lockName(sql, input.sha256);
    const underWay = await findUnderWay(sql, input);
    if (!underWay && !isMeasured && (await isDone(sql, input))) return null;
    const done = underWay ? undefined : await findDone(sql, input);
    if (done) return { ...done, isRepeated: true };
    const checkpointId = await keepCheckpoint(sql, input.submitter, input);
    const ids = underWay ?? (await insertSubmission(sql, { ...input, checkpointId }));
    await goOn(sql, input.submitter, checkpointId);
    return { ...ids, isRepeated: underWay !== undefined };
  });
}

/** Evaluations that the same submitter asked for on the same board, of the same files under the same name for the same protocol. */
function ofTheSame(sql: Sql, { submitter, sha256, name, boardId, protocol = null }: NewSubmission) {
  return sql
    .selectFrom('Checkpoint as c')
    .innerJoin('Submission as s', 's.checkpointId', 'c.id')
    .innerJoin('Evaluation as e', 'e.submissionId', 's.id')
    .select(['s.id as submissionId', 'e.id as evaluationId'])
    .where('c.sha256', '=', sha256)
    .where('s.submitter', '=', submitter)
    .where('s.name', '=', name)
    .where('s.boardId', '=', boardId)
    .where('s.protocol', 'is not distinct from', protocol);
}

/** The first one that has not ended. */
function findUnderWay(sql: Sql, input: NewSubmission): Promise<SubmissionIds | undefined> {
  return ofTheSame(sql, input)
    .where('e.state', 'in', STORED_UNFINISHED)
    .orderBy('e.createdAt')
    .limit(1)
    .executeTakeFirst();
}

const DONE = leadOfEvaluation('finish').to;

/** Whether one of them is done, by whatever measurement. */
async function isDone(sql: Sql, input: NewSubmission): Promise<boolean> {
  return (await ofTheSame(sql, input).where('e.state', '=', DONE).limit(1).executeTakeFirst()) !== undefined;
}

/** The newest that is done by the board's present measurement, where that is what the board asks now. */
function findDone(sql: Sql, input: NewSubmission): Promise<SubmissionIds | undefined> {
  return ofTheSame(sql, input)
    .innerJoin('Board as b', 'b.measurementId', 'e.measurementId')
    .innerJoin('Measurement as m', 'm.id', 'e.measurementId')
    .where('e.state', '=', DONE)
    .whereRef('m.samples', '=', 'b.samples')
    .whereRef('m.seed', '=', 'b.seed')
    .whereRef('m.limit', 'is not distinct from', 'b.limit')
    .orderBy('e.createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}
