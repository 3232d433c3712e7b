import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { builtinCheckpoints, checkpointSha256OfFolder, DISPLAY_SAMPLES } from '../setup/builtin.ts';
import { isInstalled } from '../setup/dependencies.mjs';
import { ROOT } from '../setup/home.ts';
import { freePort } from '../setup/port.ts';
import { evaluated, type Look, lookQuery, type Moment, saysWhy, showsValue, stepDone, tableOf } from './start-times.ts';

/*
 * npm run bench:start: how long `npm start` takes with an empty state folder, from the command to the first measured value
 * and to the last built-in evaluation. With --json the last line is one object.
 */

const MOST_SECONDS = 20 * 60;
const LOOK_MS = 200;
const END_SECONDS = 60;
const say = (line = '') => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  // npm start would install anew, which is not what is measured and takes away what other programs of this folder use
  if (!isInstalled())
    throw new Error(
      'What is installed is not what package-lock.json names: run npm start once, end it, and run the bench again.',
    );
  const home = await mkdtemp(join(tmpdir(), 'gdbench-bench-'));
  // as root, PostgreSQL runs as another user, who must be able to enter
  await chmod(home, 0o755);
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const running = npmStart({ GDBENCH_HOME: home, API_PORT: String(apiPort), WEB_PORT: String(webPort) });
  const interrupt = () => void running.end();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    say(`npm start with an empty state folder; diffusion with ${DISPLAY_SAMPLES} samples\n`);
    const times = await watch(`http://127.0.0.1:${apiPort}`, running);
    say(tableOf(running.moments));
    if (process.argv.includes('--json')) say(JSON.stringify(times));
  } finally {
    await running.end();
    await rm(home, { recursive: true, force: true });
  }
}

type Running = ReturnType<typeof npmStart>;

/** Runs the command in a group of its own, without settings that would lead it to another database or data. */
function npmStart(settings: Record<string, string>) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GDBENCH_|DATABASE_URL$)/.test(name));
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...settings },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const moments: Moment[] = [];
  const note = (step: string): number => {
    const seconds = (performance.now() - began) / 1000;
    moments.push({ step, seconds });
    return Number(seconds.toFixed(2));
  };
  let hasEnded = false;
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      const step = stepDone(line);
      if (step) note(step);
      if (saysWhy(line)) tail = line;
    });
  const ended = new Promise<void>((resolve) => {
    const stop = () => {
      hasEnded = true;
      resolve();
    };
    child.once('close', stop).once('error', stop);
  });
  const signal = (name: 'SIGINT' | 'SIGKILL') => {
    if (!hasEnded && child.pid) process.kill(-child.pid, name);
  };
  return {
    moments,
    note,
    hasEnded: () => hasEnded,
    lastLine: () => tail,
    seconds: () => (performance.now() - began) / 1000,
    async end(): Promise<void> {
      signal('SIGINT');
      const timer = setTimeout(() => signal('SIGKILL'), END_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Looks at the API until every built-in evaluation is done. */
async function watch(apiUrl: string, running: Running): Promise<{ firstScoreSeconds: number; allSeconds: number }> {
  const checkpoints = builtinCheckpoints();
  const sha256s = await Promise.all(checkpoints.map(({ folder }) => checkpointSha256OfFolder(folder)));
  const query = lookQuery(sha256s);
  const done = new Set<string>();
  let firstScoreSeconds: number | undefined;
  while (running.seconds() < MOST_SECONDS) {
    if (running.hasEnded()) throw new Error(`npm start ended early; its last line: ${running.lastLine()}`);
    const answer = await ask(apiUrl, query);
    if (answer) {
      const { leaderboard, ...aliased } = answer;
      const submissions = Object.fromEntries(checkpoints.map(({ name }, i) => [name, aliased[`c${i}`] ?? []]));
      const look = { leaderboard, submissions } as Look;
      if (showsValue(look)) firstScoreSeconds ??= running.note('first score');
      let last = 0;
      for (const name of evaluated(look).filter((each) => !done.has(each))) {
        done.add(name);
        last = running.note(`${name} is evaluated`);
      }
      if (last && done.size === checkpoints.length && firstScoreSeconds !== undefined)
        return { firstScoreSeconds, allSeconds: last };
    }
    await pause(LOOK_MS);
  }
  say(tableOf(running.moments));
  throw new Error(
    `Only ${done.size} of ${checkpoints.length} evaluations were done after ${MOST_SECONDS / 60} minutes.`,
  );
}

/** Undefined while there is no API, or none that is ready. */
async function ask(apiUrl: string, query: string): Promise<Record<string, unknown> | undefined> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(5_000),
  };
  const body = await fetch(`${apiUrl}/graphql`, request)
    .then((response) => response.json() as Promise<{ data?: Record<string, unknown>; errors?: unknown }>)
    .catch(() => undefined);
  if (body?.errors) throw new Error(`The API answered ${JSON.stringify(body.errors)}`);
  return body?.data;
}

await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
