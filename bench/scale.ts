import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { migrate } from '@gdbench/prisma/migrate';
import { startEmbeddedPostgres } from '../setup/postgres.ts';
import { planOfficial } from './scale-evaluations.ts';
import { type Run, runAll } from './scale-runners.ts';
import { completionSlope } from './scale-slope.ts';

/*
 * npm run bench:scale: how much of their time 64 runners spend on work rather than on asking for it and handing it in. They run in one
 * process over one pool of connections, take shards of evaluations of official size from one embedded PostgreSQL by the worker's own
 * claim, heartbeat and complete, and sleep where a worker would score. With --json the last line is one object.
 */

const RUNNERS = 64;
const MOST_CONNECTIONS = 20;
/** One listens for work. */
const POOL = MOST_CONNECTIONS - 1;
/** More than the runners can work off in the time. */
const EVALUATIONS = 6;
const SECONDS = 150;

const say = (line = '') => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gdbench-scale-'));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres') });
  try {
    await migrate(server.url);
    const db = openDatabase(server.url, { poolSize: POOL });
    try {
      await measure(db);
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(db: Database): Promise<void> {
  const { slope, examples, shards } = await completionSlope(db);
  say(`vg_attribution in ${shards} shards of ${examples} examples, one after the other:`);
  say(`completions a second in its last tenth over those in its first: ${slope.toFixed(2)} (0.9 wanted)`);
  say();
  say(`${RUNNERS} runners, ${POOL} connections and one that listens, ${EVALUATIONS} evaluations of official size.`);
  for (let i = 0; i < EVALUATIONS; i += 1) await planOfficial(db, `evaluation ${i + 1}`);
  const run = await runAll(db, { runners: RUNNERS, seconds: SECONDS });
  tell(run);
  if (process.argv.includes('--json')) {
    const { efficiency, claimP99Ms, connections } = run;
    say(JSON.stringify({ efficiency, claimP99Ms, connections, completionSlope: slope }));
  }
}

function tell({
  seconds,
  shards,
  examples,
  efficiency,
  claimP50Ms,
  claimP99Ms,
  completeP50Ms,
  connections,
}: Run): void {
  say(
    `${shards} shards of ${examples} examples in ${seconds.toFixed(0)} s: ${(shards / seconds).toFixed(1)} shards a second`,
  );
  say(`efficiency ${efficiency.toFixed(3)} (0.95 wanted)`);
  say(
    `claims: median ${claimP50Ms.toFixed(1)} ms, p99 ${claimP99Ms.toFixed(1)} ms (50 wanted); completions: median ${completeP50Ms.toFixed(1)} ms`,
  );
  say(`connections at the peak: ${connections} (${MOST_CONNECTIONS} allowed)`);
}

await main();
