import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summarise } from '@gdbench/benchmark/summarise';
import type { Example, ExampleScores } from '@gdbench/benchmark/task';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { readEvaluation } from '@gdbench/prisma/evaluations';
import { migrate } from '@gdbench/prisma/migrate';
import { summariseTask } from '@gdbench/prisma/results';
import { complete } from '@gdbench/prisma/shards';
import { type ClaimedWork, claim, heartbeat, sweep } from '@gdbench/prisma/work';
import { startEmbeddedPostgres } from '../setup/postgres.ts';

/*
 * npm run bench:work: how long what runs per shard, per heartbeat and per reader takes on an embedded PostgreSQL, of an evaluation of
 * vg_attribution in its official size while 1,000 others of 16 tasks wait.
 */

const WAITING = 1_000;
const TASKS = 16;
const EXAMPLES = 28_748;
/** As many as a shard of 30 s has at 12.5 examples a second. */
const SHARD = 375;
const GROUPS = 117;
const REPEATS = 40;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'gdbench-work-'));
  const server = await startEmbeddedPostgres({ dir });
  await migrate(server.url);
  const db = openDatabase(server.url, { poolSize: 6 });
  try {
    await fill(db);
    await measure(db);
  } finally {
    await db.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The id of the n-th evaluation, and of what it has. */
const id = (kind: number, n: number) => `0000000${kind}-0000-4000-8000-${`${n}`.padStart(12, '0')}`;
const BIG = id(3, WAITING + 1);

/** Evaluations that wait, the newest of which is the large one. */
async function fill(db: Database): Promise<void> {
  const uuid = (kind: number, n: string) => `('0000000${kind}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
  const each = `FROM generate_series(1, ${WAITING + 1}) n`;
  const isBig = `n = ${WAITING + 1}`;
  const tasks = `FROM generate_series(1, ${WAITING + 1}) n CROSS JOIN generate_series(0, ${TASKS - 1}) t WHERE NOT (${isBig} AND t > 0)`;
  const task = `CASE WHEN ${isBig} THEN 'vg_attribution' ELSE 'task ' || t END`;
  const examples = `CASE WHEN ${isBig} THEN ${EXAMPLES} ELSE 1000 END`;
  const board = uuid(5, '1');
  for (const statement of [
    `INSERT INTO "Board" (id, slug, title, samples, seed, "rankingMetric") VALUES (${board}, 'bench', 'Bench', 250, 0, 'clevr.average')`,
    `INSERT INTO "Measurement" (id, "boardId", number, samples, seed, "dataVersion") VALUES (${board}, ${board}, 1, 250, 0, 'v')`,
    `UPDATE "Board" SET "measurementId" = id`,
    `INSERT INTO "Checkpoint" (id, sha256, bytes, state) SELECT ${uuid(1, 'n')}, md5(n::text) || md5('' || n), 1, 'READY' ${each}`,
    `INSERT INTO "Submission" (id, "checkpointId", "boardId", submitter, name)
     SELECT ${uuid(2, 'n')}, ${uuid(1, 'n')}, ${board}, 'anonymous', 'c' || n ${each}`,
    `INSERT INTO "Evaluation" (id, "submissionId", "checkpointId", "measurementId", state, protocol, "shardsTotal")
     SELECT ${uuid(3, 'n')}, ${uuid(2, 'n')}, ${uuid(1, 'n')}, ${board}, 'QUEUED', 'diffusion-itm', CASE WHEN ${isBig} THEN 1 ELSE ${TASKS} END ${each}`,
    `INSERT INTO "LeaderboardRow" ("evaluationId", protocol, "measurementId") SELECT ${uuid(3, 'n')}, 'diffusion-itm', ${board} ${each}`,
    `INSERT INTO "EvaluationTask" ("evaluationId", task, position, "dataVersion", examples, "shardsTotal")
     SELECT ${uuid(3, 'n')}, ${task}, t, 'v', ${examples}, 1 ${tasks}`,
    `INSERT INTO "Work" (id, kind, "checkpointId", "evaluationId", submitter, priority, position, "createdAt")
     SELECT ${uuid(4, `n * ${TASKS} + t`)}, 'SCORE', ${uuid(1, 'n')}, ${uuid(3, 'n')}, 'anonymous', 10, t * 1000, now() + n * interval '1 second' ${tasks}`,
    `INSERT INTO "Shard" ("workId", "evaluationId", task, "from", "to", cost)
     SELECT ${uuid(4, `n * ${TASKS} + t`)}, ${uuid(3, 'n')}, ${task}, 0, ${examples}, 500 * ${examples} ${tasks}`,
    'ANALYZE',
  ])
    await db.pool.query(statement);
}

/** Milliseconds of each, by what was done. */
const times = new Map<string, number[]>();

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  times.set(what, [...(times.get(what) ?? []), performance.now() - began]);
  return result;
}

async function measure(db: Database): Promise<void> {
  for (let n = 0; n < REPEATS; n += 1) await timed(`claim, of ${WAITING * TASKS} waiting pieces`, () => take(db, null));
  await db.pool.query(`UPDATE "Work" SET "leaseExpiresAt" = 'infinity' WHERE state = 'RUNNING'`);
  let shards = 0;
  const all = Math.ceil(EXAMPLES / SHARD);
  for (
    let work = await take(db, BIG);
    work?.kind === 'SCORE' && work.evaluationId === BIG;
    work = await take(db, BIG)
  ) {
    const shard = work;
    const tenth = Math.floor((10 * shards) / all);
    const when = tenth === 0 ? 'in the first tenth' : tenth >= 9 ? 'in the last tenth' : null;
    const scores = scoresOf(shard.from, shard.to);
    const write = () => complete(db, shard, { scores, seconds: 30 });
    if (when === null) await write();
    else {
      await timed('heartbeat', () => heartbeat(db, shard, { done: 1 }));
      await timed(`complete a shard of ${SHARD} examples, ${when}`, write);
      await timed('read an evaluation', () => readEvaluation(db, BIG));
    }
    if (shards % 8 === 0) await timed('sweep, nothing lost', () => sweep(db));
    shards += 1;
  }
  const data = { task: 'vg_attribution' as const, examples: EXAMPLE_LIST };
  let computing = 0;
  await timed(`summarise ${EXAMPLES} examples`, () =>
    summariseTask(
      db,
      { evaluationId: BIG, task: 'vg_attribution' },
      {
        summarise(scores) {
          const began = performance.now();
          const summary = summarise(data, scores);
          computing = performance.now() - began;
          return summary;
        },
      },
    ),
  );
  for (const [what, of] of times) {
    const sorted = of.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(1);
    say(
      `${what.padEnd(56)} ${`${of.length}`.padStart(4)} times  median ${at(0.5).padStart(7)} ms  p99 ${at(0.99).padStart(7)} ms`,
    );
  }
  say(`${'of which computing'.padEnd(76)} ${computing.toFixed(0)} ms`);
}

/** Claims as a worker that has this evaluation loaded and eight checkpoints on its disk. */
async function take(db: Database, loaded: string | null): Promise<ClaimedWork | null> {
  // as if its speed had been measured, so that shards have their full size
  if (loaded)
    await db.pool.query('UPDATE "Evaluation" SET "rowsPerSecond" = $2, "shardSeconds" = 30 WHERE id = $1', [
      BIG,
      (500 * SHARD) / 30,
    ]);
  const onDisk = Array.from({ length: 8 }, (_, n) => `${n}`.repeat(64));
  return claim(db, { worker: 'bench', kinds: ['SCORE'], loaded, onDisk });
}

const EXAMPLE_LIST: Example[] = Array.from({ length: EXAMPLES }, (_, index) => ({
  ...{ index, id: `${index}`, texts: ['a b', 'b a'], images: [{ path: `${index % 4_000}.png` }], right: 0 },
  ...{ group: `group ${index % GROUPS}`, cluster: `${index % 4_000}.png` },
}));

function scoresOf(from: number, to: number): ExampleScores[] {
  return Array.from({ length: to - from }, (_, i) => ({
    ...{ index: from + i, example: `${from + i}` },
    scores: [[Math.sin(from + i)], [Math.cos(3 * (from + i))]],
  }));
}

await main();
