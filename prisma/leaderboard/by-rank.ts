import type { Tier } from './tier.ts';

/**
 * Rows that have a rank, the best first; where they are equal, the earliest submission first. 50 of 10,000 took PostgreSQL 0.2 to
 * 0.5 ms on a busy machine, the first or the last (npm run bench:board).
 */
export const ranked: Tier = async (sql, { measurementId, protocols, most, after }) => {
  const query = sql
    .selectFrom('LeaderboardRow as r')
    .select(['r.evaluationId', 'r.rankValue as value'])
    .where('r.measurementId', '=', measurementId)
    .where('r.superseded', '=', false)
    .where('r.protocol', 'in', protocols)
    .where('r.rankValue', 'is not', null)
    // as the index has it
    .orderBy('r.rankValue', (order) => order.desc().nullsLast())
    .orderBy('r.evaluationId')
    .limit(most);
  const value = after?.value ?? null;
  if (!after || value === null) return query.execute();
  return query
    .where('r.rankValue', '<=', value)
    .where(({ eb, or }) => or([eb('r.rankValue', '<', value), eb('r.evaluationId', '>', after.evaluationId)]))
    .execute();
};

/** Rows without a rank. */
export const unranked: Tier = async (sql, { measurementId, protocols, most, after }) => {
  const query = sql
    .selectFrom('LeaderboardRow as r')
    .select(['r.evaluationId', 'r.rankValue as value'])
    .where('r.measurementId', '=', measurementId)
    .where('r.superseded', '=', false)
    .where('r.protocol', 'in', protocols)
    .where('r.rankValue', 'is', null)
    .orderBy('r.evaluationId')
    .limit(most);
  return (after ? query.where('r.evaluationId', '>', after.evaluationId) : query).execute();
};
