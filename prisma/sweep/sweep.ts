import type { Database } from '../database.ts';
import { sweepInspections } from './inspections.ts';
import { sweepShards } from './shards.ts';
import type { Swept } from './swept.ts';

/** Puts back what dead workers held and what no job will ever deliver. Any number of processes may do so at once. */
export async function sweep(db: Database): Promise<Swept> {
  const swept = [await sweepInspections(db), ...(await sweepShards(db))];
  return {
    requeued: swept.reduce((sum, { requeued }) => sum + requeued, 0),
    failed: swept.reduce((sum, { failed }) => sum + failed, 0),
  };
}
