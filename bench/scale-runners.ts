import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@gdbench/prisma/database';
import { listen } from '@gdbench/prisma/events';
import { type ClaimedShard, complete } from '@gdbench/prisma/shards';
import { claim, heartbeat } from '@gdbench/prisma/work';
import { ROWS_AN_EXAMPLE, scoresOf } from './scale-evaluations.ts';

/** What runners did in a time. */
export interface Run {
  readonly seconds: number;
  readonly shards: number;
  readonly examples: number;
  /** Time slept for shards over the time that the runners had. */
  readonly efficiency: number;
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  readonly completeP50Ms: number;
  /** Of the database, at the peak. */
  readonly connections: number;
}

/** A shard is slept for this long instead of being scored... */
const [LEAST_SLEEP, MOST_SLEEP] = [1, 3];
/** ...and is handed in as if that had taken so many times as long: shards of a worker take up to 30 s. */
const COMPRESSION = 10;
/** Model rows that a runner is taken to score in a second of its own. */
const ROWS_A_SECOND = 250;
/** More often than a worker does, whose shards are longer. */
const HEARTBEAT_SECONDS = 1;
const LOOK_MS = 250;

/**
 * Lets so many runners work for some seconds. All of them have work to the end: there is more than they can do.
 *
 * @throws Error where a runner found no work
 */
export async function runAll(db: Database, { runners, seconds }: { runners: number; seconds: number }): Promise<Run> {
  const shift = new Shift(db, performance.now() + seconds * 1_000);
  const began = performance.now();
  const peak = peakOf(db, shift);
  const doorbell = listen(db.url, { onEvent: () => undefined, onConnect: () => undefined });
  await Promise.all(Array.from({ length: runners }, (_, i) => work(shift, `runner-${i}`)));
  const took = (performance.now() - began) / 1_000;
  await doorbell.close();
  return {
    seconds: took,
    shards: shift.completes.length,
    examples: shift.examples,
    efficiency: shift.slept / (runners * took),
    claimP50Ms: quantile(shift.claims, 0.5),
    claimP99Ms: quantile(shift.claims, 0.99),
    completeP50Ms: quantile(shift.completes, 0.5),
    connections: await peak,
  };
}

/** What is counted while runners work. */
class Shift {
  readonly db: Database;
  readonly #end: number;
  /** Seconds, over all runners. */
  slept = 0;
  examples = 0;
  /** Milliseconds each. */
  readonly claims: number[] = [];
  readonly completes: number[] = [];

  constructor(db: Database, end: number) {
    this.db = db;
    this.#end = end;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}

async function work(shift: Shift, worker: string): Promise<void> {
  let loaded: string | null = null;
  let onDisk: string[] = [];
  while (!shift.isOver) {
    const asked = performance.now();
    const shard = await claim(shift.db, { worker, kinds: ['SCORE'], loaded, onDisk });
    if (shard?.kind !== 'SCORE') throw new Error('There is no work left: more evaluations are needed.');
    shift.claims.push(performance.now() - asked);
    loaded = shard.evaluationId;
    onDisk = [...new Set([shard.checkpointSha256, ...onDisk])].slice(0, 8);
    await score(shift, shard);
  }
}

async function score(shift: Shift, shard: ClaimedShard): Promise<void> {
  const { from, to } = shard;
  const rows = (to - from) * ROWS_AN_EXAMPLE;
  const seconds = Math.min(MOST_SLEEP, Math.max(LEAST_SLEEP, rows / ROWS_A_SECOND / COMPRESSION));
  for (let left = seconds; left > 0; left -= HEARTBEAT_SECONDS) {
    const nap = Math.min(left, HEARTBEAT_SECONDS);
    await sleep(nap * 1_000);
    shift.slept += nap;
    if (left > HEARTBEAT_SECONDS) await beat(shift, shard);
  }
  const began = performance.now();
  const outcome = await complete(shift.db, shard, { scores: scoresOf(shard), seconds: seconds * COMPRESSION });
  if (outcome !== 'done') throw new Error(`A shard of ${shard.task} was ${outcome}.`);
  shift.completes.push(performance.now() - began);
  shift.examples += to - from;
}

async function beat(shift: Shift, shard: ClaimedShard): Promise<void> {
  const state = await heartbeat(shift.db, shard, { done: 0 });
  if (state !== 'ok') throw new Error(`The lease of a shard of ${shard.task} is ${state}.`);
}

/** Connections to the database, looked at through one of them until the shift is over. */
async function peakOf({ sql }: Database, shift: Shift): Promise<number> {
  let peak = 0;
  while (!shift.isOver) {
    const { count } = await sql
      .withTables<{ pg_stat_activity: { datname: string } }>()
      .selectFrom('pg_stat_activity')
      .select((of) => of.fn.countAll<string>().as('count'))
      .where('datname', '=', 'gdbench')
      .executeTakeFirstOrThrow();
    peak = Math.max(peak, Number(count));
    await sleep(LOOK_MS);
  }
  return peak;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}
