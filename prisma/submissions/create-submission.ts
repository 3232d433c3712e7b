import { leadOfEvaluation, UNFINISHED } from '@gdbench/benchmark/states';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Actor } from '../actor.ts';
import type { ManifestFile } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { newId } from '../id.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { beginInspection } from './begin-inspection.ts';

export interface NewSubmission {
  readonly submitter: Actor;
  readonly name: string;
  readonly files: readonly ManifestFile[];
  /** Of the checkpoint: checkpointSha256 of its files. */
  readonly sha256: string;
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  /** Absent: the default of the checkpoint's kind. */
  readonly protocol?: string | null;
  /** Files that the service holds already need not be sent. */
  readonly storedHashes: ReadonlySet<string>;
}

interface SubmissionIds {
  readonly submissionId: string;
  readonly evaluationId: string;
}

export interface CreatedSubmission extends SubmissionIds {
  /** Whether it was there before. */
  readonly isRepeated: boolean;
}

/** By task that the board has data of, the version of these data. */
export type DataVersions = ReadonlyMap<string, string>;

/**
 * A submission and its evaluation. The one that is there, where the same files are under the same name for the same protocol, of
 * the same submitter, and it is under way, or done by the budget of now on the data of now; one that was refused, failed or was cancelled is no
 * reason not to try again. When all of its files are stored already, inspection is queued at once.
 *
 * @param dataNow reads the data of now, which may take long: asked only where an evaluation that is done hangs on it.
 * Absent: none that is done is the same.
 */
export async function createSubmission(
  db: Database,
  input: NewSubmission,
  dataNow: () => Promise<DataVersions | null> = async () => null,
): Promise<CreatedSubmission> {
  const made = await attempt(db, input);
  return made ?? attempt(db, input, await dataNow());
}

async function attempt(db: Database, input: NewSubmission): Promise<CreatedSubmission | null>;
async function attempt(db: Database, input: NewSubmission, data: DataVersions | null): Promise<CreatedSubmission>;
/** Null, and nothing is changed, where the data of now decide and are not given: no transaction waits for them. */
async function attempt(
  db: Database,
  input: NewSubmission,
  data?: DataVersions | null,
): Promise<CreatedSubmission | null> {
  return inTransaction(db, async (sql) => {
    await oneAtATime(sql, input);
    const underWay = await findUnderWay(sql, input);
    const done = underWay ? [] : await findDone(sql, input);
    if (done.length > 0 && data === undefined) return null;
    const same = done.find(({ tasks }) => data && isOn(tasks, data));
    if (same) return { submissionId: same.submissionId, evaluationId: same.evaluationId, isRepeated: true };
    const ids = underWay ?? (await insert(sql, input));
    await markStored(sql, ids.submissionId, input.storedHashes);
    await beginInspection(sql, input.submitter, ids.evaluationId);
    return { ...ids, isRepeated: underWay !== undefined };
  });
}

/** The same submission sent twice at once waits here for its twin, and then finds it. */
async function oneAtATime(sql: Sql, { submitter, sha256, name }: NewSubmission): Promise<void> {
  await sql
    .selectNoFrom(({ fn, val }) =>
      fn('pg_advisory_xact_lock', [fn('hashtextextended', [val(`${submitter} ${sha256} ${name}`), val(0)])]).as(
        'locked',
      ),
    )
    .execute();
}

/** Evaluations that the same submitter asked for, of the same files under the same name for the same protocol. */
function ofTheSame(sql: Sql, { submitter, sha256, name, protocol = null }: NewSubmission) {
  return sql
    .selectFrom('Checkpoint as c')
    .innerJoin('Evaluation as e', 'e.checkpointId', 'c.id')
    .innerJoin('Submission as s', 's.id', 'e.submissionId')
    .select(['e.submissionId', 'e.id as evaluationId'])
    .where('s.submitter', '=', submitter)
    .where('c.sha256', '=', sha256)
    .where('c.name', '=', name)
    .where('e.askedProtocol', 'is not distinct from', protocol);
}

/** The first one that has not ended. */
function findUnderWay(sql: Sql, input: NewSubmission): Promise<SubmissionIds | undefined> {
  return ofTheSame(sql, input).where('e.state', 'in', UNFINISHED).orderBy('e.createdAt').limit(1).executeTakeFirst();
}

type Done = SubmissionIds & { readonly tasks: readonly { readonly task: string; readonly dataVersion: string }[] };

/** Those that are done by this budget, the newest first. */
function findDone(sql: Sql, input: NewSubmission): Promise<Done[]> {
  return ofTheSame(sql, input)
    .select(({ selectFrom }) =>
      jsonArrayFrom(
        selectFrom('EvaluationTask as t').select(['t.task', 't.dataVersion']).whereRef('t.evaluationId', '=', 'e.id'),
      ).as('tasks'),
    )
    .where('e.state', '=', leadOfEvaluation('finish').to)
    .where('e.samples', '=', input.samples)
    .where('e.seed', '=', input.seed)
    .where('e.limit', 'is not distinct from', input.limit)
    .orderBy('e.createdAt', 'desc')
    .execute();
}

/** Whether every task that the board has data of was scored on these data. */
function isOn(scored: Done['tasks'], now: DataVersions): boolean {
  const versions = new Map(scored.map(({ task, dataVersion }) => [task, dataVersion]));
  return [...now].every(([task, version]) => versions.get(task) === version);
}

async function insert(sql: Sql, input: NewSubmission): Promise<SubmissionIds> {
  const [checkpointId, submissionId, evaluationId] = [newId(), newId(), newId()];
  const { submitter, name, sha256, samples, seed, limit, protocol = null } = input;
  const bytes = input.files.reduce((sum, file) => sum + file.size, 0);
  await sql
    .insertInto('Checkpoint')
    .values({ id: checkpointId, name, sha256, bytes: String(bytes) })
    .execute();
  await sql.insertInto('Submission').values({ id: submissionId, checkpointId, submitter }).execute();
  await sql
    .insertInto('SubmissionFile')
    .values(input.files.map((file) => ({ ...fileOf(file), id: newId(), submissionId })))
    .execute();
  await sql
    .insertInto('Evaluation')
    .values({
      id: evaluationId,
      submissionId,
      checkpointId,
      samples,
      seed,
      limit,
      askedProtocol: protocol,
      stateBy: submitter,
    })
    .execute();
  return { submissionId, evaluationId };
}

const fileOf = ({ path, size, sha256 }: ManifestFile) => ({ path, size: String(size), sha256 });

async function markStored(sql: Sql, submissionId: string, hashes: ReadonlySet<string>): Promise<void> {
  if (hashes.size === 0) return;
  await sql
    .updateTable('SubmissionFile')
    .set({ stored: true })
    .where('submissionId', '=', submissionId)
    .where('stored', '=', false)
    .where('sha256', 'in', [...hashes])
    .execute();
}
