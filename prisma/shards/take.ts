import { newId } from '../id.ts';
import type { Sql } from '../transaction.ts';
import type { Held } from '../work/held.ts';
import { PRIORITY } from '../work/priority.ts';
import { take, takenBy, tokenOf } from '../work/take.ts';
import { costOf, examplesOf } from './size.ts';

/**
 * Takes a shard whose work the caller has locked. What was never begun is cut: its first examples are taken as a shard of their own
 * and the rest goes on waiting; what was begun before keeps its range.
 */
export async function takeShard(sql: Sql, id: string, worker: string): Promise<Held> {
  const whole = await sql
    .selectFrom('Work')
    .innerJoin('Shard', 'Shard.workId', 'Work.id')
    .innerJoin('Evaluation', 'Evaluation.id', 'Work.evaluationId')
    .select(['Work.checkpointId', 'Evaluation.id as evaluationId', 'Work.submitter', 'Work.position', 'Work.createdAt'])
    .select(['Work.startedAt', 'Shard.task', 'Shard.from', 'Shard.to', 'Shard.cost'])
    .select(['Evaluation.rowsPerSecond', 'Evaluation.shardSeconds'])
    .where('Work.id', '=', id)
    .executeTakeFirstOrThrow();
  const examples = examplesOf(whole, whole);
  if (whole.startedAt !== null || examples === whole.to - whole.from) return take(sql, id, worker);
  return cut(sql, id, whole, examples, worker);
}

interface Whole {
  readonly evaluationId: string;
  readonly checkpointId: string;
  readonly submitter: string;
  readonly position: number;
  readonly createdAt: Date;
  readonly task: string;
  readonly from: number;
  readonly to: number;
  readonly cost: number;
}

/** The rest stays in its row, so that others who wait for it find it there. In one statement, for others wait for it. */
async function cut(sql: Sql, id: string, whole: Whole, examples: number, worker: string): Promise<Held> {
  const { evaluationId, checkpointId, submitter, position, createdAt, task, from } = whole;
  const cost = costOf(whole, examples);
  const { id: workId, leaseToken } = await sql
    .with('rest', (db) =>
      db
        .updateTable('Shard')
        .set({ from: from + examples, cost: Math.max(1, whole.cost - cost) })
        .where('workId', '=', id)
        .returning('workId'),
    )
    .with('moved', (db) =>
      db
        .updateTable('Work')
        .set({ position: position + examples })
        .where('id', '=', id),
    )
    .with('taken', (db) =>
      db
        .insertInto('Work')
        .values({
          ...takenBy(worker),
          ...{ id: newId(), kind: 'SCORE', evaluationId, checkpointId, submitter, position, createdAt },
          ...{ priority: PRIORITY.SCORE.first, attempts: 1 },
        })
        .returning(['id', 'leaseToken']),
    )
    .with('shard', (db) =>
      db
        .insertInto('Shard')
        .columns(['workId', 'evaluationId', 'task', 'from', 'to', 'cost'])
        // of the rest too: it has to begin elsewhere before
        .expression((of) =>
          of
            .selectFrom(['taken', 'rest'])
            .select(({ val, cast }) => [
              'taken.id',
              cast<string>(val(evaluationId), 'uuid').as('evaluationId'),
              cast<string>(val(task), 'text').as('task'),
              cast<number>(val(from), 'integer').as('from'),
              cast<number>(val(from + examples), 'integer').as('to'),
              cast<number>(val(cost), 'integer').as('cost'),
            ]),
        ),
    )
    .selectFrom('taken')
    .selectAll()
    .executeTakeFirstOrThrow();
  return { id: workId, token: tokenOf(leaseToken) };
}
