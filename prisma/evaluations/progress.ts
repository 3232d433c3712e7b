/** Work that a worker has in its hands; its task, range and model rows where it is a shard. */
export interface Running {
  readonly workerId: string | null;
  /** Examples that are scored. */
  readonly done: number;
  readonly startedAt: string | null;
  readonly heartbeatAt: string | null;
  readonly task: string | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly cost: number | null;
}

/** Sums over an evaluation's shards; of none they are null. */
interface Sums {
  /** Model rows of the shards that are done, and of all. */
  readonly rowsDone: number | bigint | string | null;
  readonly rowsTotal: number | bigint | string | null;
  /** Model rows a second of the shards that are done, on the average. */
  readonly pace: number | string | null;
}

export interface Progress {
  readonly rowsDone: number;
  readonly rowsTotal: number;
  readonly rowsPerSecond: number | null;
  readonly workers: number;
}

/** How far an evaluation is, and how fast. */
export function progressOf(running: readonly Running[], { rowsDone, rowsTotal, pace }: Sums): Progress {
  const average = pace === null ? null : Number(pace);
  const shards = running.filter(({ cost }) => cost !== null);
  // one whose worker has not shown its pace yet is taken to run as fast as the evaluation's shards did so far
  const paces = shards.flatMap((shard) => paceOf(shard) ?? average ?? []);
  return {
    rowsDone: sum([Number(rowsDone ?? 0), ...shards.map(rowsOf)]),
    rowsTotal: Number(rowsTotal ?? 0),
    rowsPerSecond: paces.length > 0 ? sum(paces) : null,
    workers: new Set(running.flatMap(({ workerId }) => workerId ?? [])).size,
  };
}

/** Examples of a task that running shards have scored so far. */
export function scoredOf(task: string, running: readonly Running[]): number {
  return sum(running.map((shard) => (shard.task === task ? shard.done : 0)));
}

/** Model rows that it has done. */
function rowsOf({ cost, done, from, to }: Running): number {
  return ((cost ?? 0) * done) / Math.max(1, (to ?? 0) - (from ?? 0));
}

/** Model rows a second by its last sign of life; null where it has shown nothing yet. */
function paceOf(shard: Running): number | null {
  const { startedAt, heartbeatAt } = shard;
  if (startedAt === null || heartbeatAt === null) return null;
  const seconds = (Date.parse(heartbeatAt) - Date.parse(startedAt)) / 1_000;
  const rows = rowsOf(shard);
  return seconds > 0 && rows > 0 ? rows / seconds : null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
