import type { Database } from '../database.ts';

/** The ranking metric of a finished row, with its 95% interval. */
export interface RankedRow {
  readonly evaluationId: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

const READ = `
  SELECT r."evaluationId", r."rankValue" AS value, r."rankLow" AS low, r."rankHigh" AS high
  FROM "LeaderboardRow" r WHERE r."rankValue" IS NOT NULL AND r.protocol = ANY ($1)
  ORDER BY r."rankValue" DESC, r."evaluationId"`;

/** All rows of these protocols that have a rank, best first. */
export async function readRanked(db: Database, protocols: readonly string[]): Promise<RankedRow[]> {
  const { rows } = await db.pool.query<RankedRow>(READ, [protocols]);
  return rows;
}
