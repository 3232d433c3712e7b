import { leadOfEvaluation } from '@gdbench/benchmark/states';
import { lockName } from '../lock-name.ts';
import type { Sql } from '../transaction.ts';

/**
 * Of equal evaluations (same submitter, name, checkpoint, protocol and measurement) the newest that is DONE ranks, and the rows of the
 * older ones are superseded. Called when one of them is DONE.
 */
export async function supersede(sql: Sql, evaluationId: string): Promise<void> {
  const equal = await readEqual(sql, evaluationId);
  // of two that end at the same moment the second one waits here, and then sees the first
  await lockName(sql, `equals of ${equal.checkpointId}`);
  const newest = await ofEqual(sql, equal)
    .where('e.state', '=', leadOfEvaluation('finish').to)
    .orderBy('e.createdAt', 'desc')
    .orderBy('e.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const older = ofEqual(sql, equal).where(({ eb, refTuple, tuple }) =>
    eb(refTuple('e.createdAt', 'e.id'), '<', tuple(newest.createdAt, newest.id)),
  );
  const ids = (await older.execute()).map(({ id }) => id);
  if (ids.length > 0)
    await sql
      .updateTable('LeaderboardRow')
      .set({ superseded: true })
      .where('evaluationId', 'in', ids)
      .where('superseded', '=', false)
      .execute();
}

type Equal = Awaited<ReturnType<typeof readEqual>>;

function readEqual(sql: Sql, evaluationId: string) {
  return sql
    .selectFrom('Evaluation as e')
    .innerJoin('Submission as s', 's.id', 'e.submissionId')
    .select(['e.checkpointId', 'e.protocol', 'e.measurementId', 's.submitter', 's.name'])
    .where('e.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
}

function ofEqual(sql: Sql, { checkpointId, protocol, measurementId, submitter, name }: Equal) {
  return sql
    .selectFrom('Evaluation as e')
    .innerJoin('Submission as s', 's.id', 'e.submissionId')
    .select(['e.id', 'e.createdAt'])
    .where('e.checkpointId', '=', checkpointId)
    .where('e.protocol', '=', protocol)
    .where('e.measurementId', '=', measurementId)
    .where('s.submitter', '=', submitter)
    .where('s.name', '=', name);
}
