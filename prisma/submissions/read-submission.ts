import { type PublicState, publicState } from '@gdbench/benchmark/states';
import { expressionBuilder } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { checkpointOf, type ManifestFile, type NamedCheckpoint } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import type { DB } from '../generated/tables.ts';
import { isId } from '../id.ts';

export interface SubmissionFileRow extends ManifestFile {
  /** Also the id of its tus upload. */
  readonly id: string;
  readonly stored: boolean;
}

export interface SubmissionRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly name: string;
  readonly checkpoint: NamedCheckpoint;
  readonly evaluationId: string;
  readonly state: PublicState;
  /** In the order of their paths. */
  readonly files: readonly SubmissionFileRow[];
}

const of = expressionBuilder<DB & { s: DB['Submission'] }, 's'>();

const CHECKPOINT = jsonObjectFrom(
  of.selectFrom('Checkpoint as c').selectAll('c').whereRef('c.id', '=', 's.checkpointId'),
).$notNull();

const FILES = jsonArrayFrom(
  of
    .selectFrom('CheckpointFile as f')
    .select(['f.id', 'f.path', 'f.size', 'f.sha256', 'f.stored'])
    .whereRef('f.checkpointId', '=', 's.checkpointId')
    .orderBy('f.path'),
);

/** All of one moment. */
const submissions = (db: Database) =>
  db.sql
    .selectFrom('Submission as s')
    .innerJoin('Evaluation as e', 'e.submissionId', 's.id')
    .select(['s.id', 's.createdAt', 's.name', 'e.id as evaluationId', 'e.state'])
    .select([CHECKPOINT.as('checkpoint'), FILES.as('files')]);
type Stored = Awaited<ReturnType<ReturnType<typeof submissions>['execute']>>[number];

export async function readSubmission(db: Database, id: string): Promise<SubmissionRow | null> {
  if (!isId(id)) return null;
  const row = await submissions(db).where('s.id', '=', id).executeTakeFirst();
  return row ? submissionOf(row) : null;
}

/** Submissions of the checkpoint with this sha256, newest first. */
export async function readSubmissionsOf(db: Database, sha256: string, most: number): Promise<SubmissionRow[]> {
  const rows = await submissions(db)
    .innerJoin('Checkpoint', 'Checkpoint.id', 's.checkpointId')
    .where('Checkpoint.sha256', '=', sha256)
    .orderBy('s.createdAt', 'desc')
    .orderBy('s.id', 'desc')
    .limit(most)
    .execute();
  return rows.map(submissionOf);
}

function submissionOf({ checkpoint, files, state, ...row }: Stored): SubmissionRow {
  return {
    ...row,
    checkpoint: checkpointOf({ ...checkpoint, name: row.name }),
    state: publicState(state, checkpoint.state),
    files: files.map(({ size, ...file }) => ({ ...file, size: Number(size) })),
  };
}
