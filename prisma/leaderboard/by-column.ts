import { sql as fragment } from 'kysely';
import { columnOf } from '../results/column.ts';
import type { Sort } from './cursor.ts';
import type { Tier } from './tier.ts';

/**
 * Rows that have a value in the column, in its order; where they are equal, by their evaluations in the same direction.
 *
 * @param complete values of whole tasks; false: values so far
 */
export function measuredIn({ column, descending }: Sort, complete: boolean): Tier {
  const { task, metric } = columnOf(column);
  const direction = descending ? 'desc' : 'asc';
  return (sql, { measurementId, protocols, most, after }) =>
    // of each protocol the first ones, each from its end of the index: 50 of 10,000 rows took PostgreSQL 1 to 2 ms on a busy
    // machine, the first ones or some in the middle, in either direction (npm run bench:board)
    sql
      .selectFrom(fragment<{ protocol: string }>`unnest(${[...protocols]}::text[])`.as<'p'>(fragment`p(protocol)`))
      .innerJoinLateral(
        (eb) => {
          const query = eb
            .selectFrom('Result as m')
            .innerJoin('LeaderboardRow as r', 'r.evaluationId', 'm.evaluationId')
            .select(['m.evaluationId', 'm.value'])
            .where('m.measurementId', '=', measurementId)
            .where('r.superseded', '=', false)
            .whereRef('m.protocol', '=', 'p.protocol')
            .where('m.task', '=', task)
            .where('m.metric', '=', metric)
            .where('m.complete', '=', complete)
            .where('m.value', 'is not', null)
            .orderBy('m.value', direction)
            .orderBy('m.evaluationId', direction)
            .limit(most);
          const last = after?.value ?? null;
          if (!after || last === null) return query.as('best');
          return query
            .where(({ eb: and, refTuple, tuple }) =>
              and(refTuple('m.value', 'm.evaluationId'), descending ? '<' : '>', tuple(last, after.evaluationId)),
            )
            .as('best');
        },
        (join) => join.onTrue(),
      )
      .select(['best.evaluationId', 'best.value'])
      .orderBy('best.value', direction)
      .orderBy('best.evaluationId', direction)
      .limit(most)
      .execute();
}

/** Rows that have no value in the column; 4 to 6 ms for those of 10,000 of which one in ten has none (npm run bench:board). */
export function unmeasuredIn({ column }: Sort): Tier {
  const { task, metric } = columnOf(column);
  return async (sql, { measurementId, protocols, most, after }) => {
    const query = sql
      .selectFrom('LeaderboardRow as r')
      .select('r.evaluationId')
      .where('r.measurementId', '=', measurementId)
      .where('r.superseded', '=', false)
      .where('r.protocol', 'in', protocols)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('Result as m')
              .select('m.evaluationId')
              .whereRef('m.evaluationId', '=', 'r.evaluationId')
              .where('m.task', '=', task)
              .where('m.metric', '=', metric)
              .where('m.value', 'is not', null),
          ),
        ),
      )
      .orderBy('r.evaluationId')
      .limit(most);
    const rows = await (after ? query.where('r.evaluationId', '>', after.evaluationId) : query).execute();
    return rows.map(({ evaluationId }) => ({ evaluationId, value: null }));
  };
}
