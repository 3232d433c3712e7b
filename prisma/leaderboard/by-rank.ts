import type { Sql } from '../transaction.ts';
import type { Tier, Wanted } from './tier.ts';

/** Rows of a list, however they are ranked. */
const listed = (sql: Sql, { measurementId, protocols, most }: Wanted) =>
  sql
    .selectFrom('LeaderboardRow as r')
    .select(['r.evaluationId', 'r.rankValue as value'])
    .where('r.measurementId', '=', measurementId)
    .where('r.superseded', '=', false)
    .where('r.protocol', 'in', protocols)
    .limit(most);

/**
 * Rows that have a rank, the best first; where they are equal, the earliest submission first. 50 of 10,000 took PostgreSQL 0.2 to
 * 0.5 ms on a busy machine, the first or the last (npm run bench:board).
 */
export const ranked: Tier = async (sql, wanted) => {
  const { after } = wanted;
  const query = listed(sql, wanted)
    .where('r.rankValue', 'is not', null)
    // as the index has it
    .orderBy('r.rankValue', (order) => order.desc().nullsLast())
    .orderBy('r.evaluationId');
  const value = after?.value ?? null;
  if (!after || value === null) return query.execute();
  return query
    .where('r.rankValue', '<=', value)
    .where(({ eb, or }) => or([eb('r.rankValue', '<', value), eb('r.evaluationId', '>', after.evaluationId)]))
    .execute();
};

/** Rows without a rank. */
export const unranked: Tier = async (sql, wanted) => {
  const { after } = wanted;
  const query = listed(sql, wanted).where('r.rankValue', 'is', null).orderBy('r.evaluationId');
  return (after ? query.where('r.evaluationId', '>', after.evaluationId) : query).execute();
};
