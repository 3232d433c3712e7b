import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ask, type Operation, OperationRefused } from '@gdbench/schema/ask';
import { ROOT } from '@gdbench/settings/root';
import { builtinCheckpoints, checkpointSha256OfFolder } from '../setup/builtin.ts';
import type * as Dependencies from '../setup/dependencies.ts';
import { freePort } from '../setup/port.ts';
import { BudgetsDocument, type BudgetsQuery, LookDocument } from './generated/graphql.ts';
import { type Clone, cloneInstalled, endInstall } from './start-clone.ts';
import { npmStart, type Running } from './start-run.ts';
import { budgets, evaluated, lineOf, newestOf, pageShows, percents, showsValue } from './start-times.ts';

/*
 * npm run bench:start: how long `npm start` takes in a fresh clone of HEAD as `npm ci` leaves it, from the command to the
 * first measured value, to the page that shows it and to the last built-in evaluation; with --first it ends once the page shows
 * one. With --json the last line is one object.
 */

const MOST_SECONDS = 20 * 60;
const LOOK_MS = 200;
const onlyFirst = process.argv.includes('--first');
const say = (line = '') => process.stdout.write(`${line}\n`);

interface Times {
  /** Until the API gives a measured value. */
  firstScoreSeconds: number;
  /** Until the board's page shows one. */
  firstShownSeconds: number;
  /** Null: not waited for. */
  allSeconds: number | null;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () =>
    interrupted.abort(new Error('Interrupted: what was started is ended and the clone removed.')),
  );

async function main(): Promise<void> {
  const parent = await newFolder();
  try {
    const clone = await cloneInstalled(ROOT, join(parent, 'clone'), interrupted.signal);
    await requireInstalled(clone.folder);
    const began = performance.now();
    await endInstall(clone.folder, interrupted.signal);
    tellWhat(clone, (performance.now() - began) / 1000);
    const times = await measure(clone.folder);
    if (process.argv.includes('--json')) say(JSON.stringify(times));
  } finally {
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** On the repository's disk, so that files can be linked and the disk measured is the one that the repository is on. */
async function newFolder(): Promise<string> {
  const [ours, temporary] = await Promise.all([stat(ROOT), stat(tmpdir())]);
  const folder = await mkdtemp(join(ours.dev === temporary.dev ? tmpdir() : dirname(ROOT), 'gdbench-start-'));
  // as root, PostgreSQL runs as another user, who must be able to enter
  await chmod(folder, 0o755);
  return folder;
}

function tellWhat({ folder, commit, differing }: Clone, endSeconds: number): void {
  const differs =
    differing === 0
      ? 'The working tree does not differ from it.'
      : `The working tree differs from it in ${differing} files, which are not measured.`;
  say(`npm start in a fresh clone of HEAD, ${commit}. ${differs}`);
  say(
    `The clone: ${folder}; what npm ci leaves is there, with the code that it generates and the pages that it builds (${endSeconds.toFixed(1)} s of it); nothing is drawn or stored.\n`,
  );
}

/** npm start would install anew, which is not what is measured. */
async function requireInstalled(folder: string): Promise<void> {
  const dependencies = pathToFileURL(join(folder, 'setup/dependencies.ts')).href;
  const { isInstalled } = (await import(dependencies)) as typeof Dependencies;
  if (isInstalled()) return;
  throw new Error(
    'What is installed is not what package-lock.json of HEAD names: commit its changes, run npm ci, and run the bench again.',
  );
}

async function measure(folder: string): Promise<Times> {
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const checkpoints = builtinCheckpoints(join(folder, 'builtin/checkpoints'));
  const named = checkpoints.map(async (each) => [await checkpointSha256OfFolder(each.folder), each.name] as const);
  const names = new Map(await Promise.all(named));
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const settings = { API_PORT: String(apiPort), WEB_PORT: String(webPort) };
  const running = npmStart(folder, settings, (moment) => say(lineOf(moment)));
  let asked: BudgetsQuery | undefined;
  try {
    const times = await watch({ apiUrl, web: `http://127.0.0.1:${webPort}`, running, names });
    asked = await askReady(apiUrl, BudgetsDocument);
    return times;
  } finally {
    await running.end();
    if (asked) say(`\n${budgets(newestOf(names, nodesOf(asked.evaluations)))}\n`);
  }
}

interface Watched {
  apiUrl: string;
  web: string;
  running: Running;
  /** Of the built-in checkpoints, by sha256. */
  names: ReadonlyMap<string, string>;
}

/** Looks at the API, and at the board's page until that shows a value, until every built-in evaluation is done. */
async function watch({ apiUrl, web, running, names }: Watched): Promise<Times> {
  const done = new Set<string>();
  const figures = new Set<string>();
  let firstScoreSeconds: number | undefined;
  let firstShownSeconds: number | undefined;
  let allSeconds = 0;
  while (running.seconds() < MOST_SECONDS) {
    interrupted.signal.throwIfAborted();
    if (running.hasEnded()) throw new Error(`npm start ended early; its last line: ${running.lastLine()}`);
    const look = await askReady(apiUrl, LookDocument);
    if (look) {
      for (const figure of percents(look)) figures.add(figure);
      if (showsValue(look)) firstScoreSeconds ??= running.note('first score');
      if (firstShownSeconds === undefined && pageShows(await page(web), figures))
        firstShownSeconds = running.note('the page shows it');
      if (onlyFirst && firstScoreSeconds !== undefined && firstShownSeconds !== undefined)
        return { firstScoreSeconds, firstShownSeconds, allSeconds: null };
      for (const name of evaluated(newestOf(names, nodesOf(look.evaluations))).filter((each) => !done.has(each))) {
        done.add(name);
        allSeconds = running.note(`${name} is evaluated`);
      }
      if (done.size === names.size && firstScoreSeconds !== undefined && firstShownSeconds !== undefined)
        return { firstScoreSeconds, firstShownSeconds, allSeconds };
    }
    await pause(LOOK_MS);
  }
  throw new Error(`Only ${done.size} of ${names.size} evaluations were done after ${MOST_SECONDS / 60} minutes.`);
}

const nodesOf = <T>({ edges }: { edges: readonly { node: T }[] }): T[] => edges.map(({ node }) => node);

/** The board's page as it is sent; empty while there are no pages. */
async function page(url: string): Promise<string> {
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(5_000)]);
  return fetch(url, { signal }).then(
    (response) => (response.ok ? response.text() : ''),
    () => '',
  );
}

/** Undefined while there is no API, or none that is ready. */
async function askReady<Data>(
  apiUrl: string,
  operation: Operation<Data, Record<string, never>>,
): Promise<Data | undefined> {
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(5_000)]);
  return ask(apiUrl, operation, {}, { signal }).catch((error) => {
    if (error instanceof OperationRefused) throw new Error(`The API answered ${JSON.stringify(error.errors)}`);
    return undefined;
  });
}

await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
});
