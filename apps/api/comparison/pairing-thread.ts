import { loadTask } from '@gdbench/benchmark/load';
import { type PairedMetric, pairedTest } from '@gdbench/benchmark/paired';
import type { TaskData, TaskName } from '@gdbench/benchmark/task';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { readScores } from '@gdbench/prisma/scores';
import { LRUCache } from 'lru-cache';
import { CONNECTIONS } from '../connections.ts';

// What the thread does for pairing.ts; it reads scores and data by itself, so that the API's own thread never holds them.

/** One task of two evaluations, by their ids, that were scored on the same examples of the same data. */
export interface PairingJob {
  readonly databaseUrl: string;
  /** The data root. */
  readonly root: string;
  readonly task: TaskName;
  readonly dataVersion: string;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  readonly left: string;
  readonly right: string;
}

/** Examples of all tasks that are kept; those of one task may be more, and then are not. */
const KEPT_EXAMPLES = 200_000;

const kept = new LRUCache<string, TaskData>({
  maxSize: KEPT_EXAMPLES,
  sizeCalculation: ({ examples }) => examples.length,
});
let database: Database | undefined;

/** @throws where the data root cannot serve, or holds other data by now. */
export async function pair(job: PairingJob): Promise<PairedMetric[]> {
  database ??= openDatabase(job.databaseUrl, { poolSize: CONNECTIONS.comparisons });
  const [data, left, right] = await Promise.all([
    dataOf(job),
    readScores(database.sql, job.left, job.task),
    readScores(database.sql, job.right, job.task),
  ]);
  return pairedTest(data, left, right);
}

async function dataOf({ root, task, dataVersion, limit }: PairingJob): Promise<TaskData> {
  const key = JSON.stringify([task, dataVersion, limit]);
  const present = kept.get(key);
  if (present) return present;
  const data = await loadTask(root, task, limit === null ? {} : { limit });
  if (data.dataVersion !== dataVersion)
    throw new Error(`${root} holds version ${data.dataVersion} of ${task} by now, not ${dataVersion}`);
  kept.set(key, data);
  return data;
}
