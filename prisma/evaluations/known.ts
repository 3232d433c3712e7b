import { expressionBuilder } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { DB } from '../generated/tables.ts';

const of = expressionBuilder<DB & { e: DB['Evaluation'] }, 'e'>();

// subqueries, not joins, for which PostgreSQL reads all checkpoints of a board of thousands
/** What is selected beside all columns of the evaluation `e`, for evaluationOf. */
export const KNOWN = [
  jsonObjectFrom(of.selectFrom('Checkpoint as c').selectAll('c').whereRef('c.id', '=', 'e.checkpointId'))
    .$notNull()
    .as('checkpoint'),
  jsonObjectFrom(
    of
      .selectFrom('Submission as s')
      .innerJoin('Board as b', 'b.id', 's.boardId')
      .select(['s.name', 's.boardId', 'b.slug', 'b.title', 'b.samples', 'b.seed', 'b.limit'])
      .select('b.measurementId as presentId')
      .whereRef('s.id', '=', 'e.submissionId'),
  )
    .$notNull()
    .as('submission'),
  jsonObjectFrom(
    of
      .selectFrom('Measurement as m')
      .select(['m.id', 'm.number', 'm.samples', 'm.seed', 'm.limit', 'm.dataVersion'])
      .whereRef('m.id', '=', 'e.measurementId'),
  ).as('measurement'),
] as const;
