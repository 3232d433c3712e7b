import type { Sql } from '../transaction.ts';

/** The ranking metric of a finished row, with its 95% interval. */
export interface RankedRow {
  readonly evaluationId: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** All rows of these protocols that have a rank, in no order; of 10,000, 2 to 5 ms on a busy machine (npm run bench:board). */
export function readRanked(sql: Sql, measurementId: string, protocols: readonly string[]): Promise<RankedRow[]> {
  return sql
    .selectFrom('LeaderboardRow as r')
    .select(['r.evaluationId', 'r.rankValue as value', 'r.rankLow as low', 'r.rankHigh as high'])
    .where('r.measurementId', '=', measurementId)
    .where('r.superseded', '=', false)
    .where('r.rankValue', 'is not', null)
    .where('r.protocol', 'in', protocols)
    .execute();
}
