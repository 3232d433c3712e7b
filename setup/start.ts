import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { home } from '@gdbench/settings/home';
import { ROOT } from '@gdbench/settings/root';
import { announce } from '@gdbench/settings/running-api';
import { databaseFolder } from '@gdbench/settings/running-database';
import { ALL, isSet, readSettings } from '@gdbench/settings/settings';
import { builtinSetting, DISPLAY_SAMPLES } from './builtin.ts';
import { SetupFault, sentence } from './fault.ts';
import { requireFreePort } from './port.ts';
import { buildWeb, type DataRoot, dataRoot, generateCode, isWebBuilt } from './prepare.ts';
import { endService, messageFrom, type Service, startService } from './service.ts';
import { endScripts, step } from './step.ts';

const MIN_FREE_BYTES = 500e6;

/** What has been started, in order; ended in the opposite order. */
const started: { name: string; end: () => Promise<void> }[] = [];
let ending = false;
/** Takes back what other commands read of this platform's address. */
let withdraw = (): void => undefined;

/** Sets everything up, runs the whole platform, and ends it cleanly on Ctrl-C. */
async function start(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  try {
    await run();
  } catch (error) {
    if (ending) return;
    console.error(sentence(error));
    await end(1);
  }
}

async function run(): Promise<void> {
  const { apiPort, webPort } = requireSettings();
  await requireFreePort(apiPort, 'API_PORT');
  await requireFreePort(webPort, 'WEB_PORT');
  mkdirSync(home(), { recursive: true });
  requireFreeDisk();
  const data = await dataRoot();
  await Promise.all([data.drawing?.done, open(apiPort, webPort, data)]);
  process.send?.({ started: true });
}

/** Runs the platform and fills its board; what reads the data waits for what it needs of them where they are still being drawn. */
async function open(apiPort: number, webPort: number, data: DataRoot): Promise<void> {
  const logs = join(home(), 'log');
  const apiUrl = `http://localhost:${apiPort}`;
  const webUrl = `http://localhost:${webPort}`;
  const code = generateCode();
  const [{ submitBuiltin, submitFirst }] = await Promise.all([
    code.then(() => import('./seed.ts')),
    serve(apiPort, webUrl, logs, data, code),
  ]);
  if (!ending) withdraw = announce(home(), apiUrl);
  // pages that are still to be built take all cores: not before there is something to see
  const isBuilt = isWebBuilt();
  await Promise.all([submitFirst(apiUrl), isBuilt && openPages(webPort, apiUrl, logs)]);
  if (!isBuilt) await buildWeb().then(() => openPages(webPort, apiUrl, logs));
  await submitBuiltin(apiUrl, () => ending);
}

/** Runs the API and a worker once there are the generated code and a database, made side by side. */
async function serve(
  apiPort: number,
  webUrl: string,
  logs: string,
  { root, drawing }: DataRoot,
  code: Promise<void>,
): Promise<void> {
  const [databaseUrl] = await Promise.all([startDatabase(), code]);
  const settings = { DATABASE_URL: databaseUrl, GDBENCH_HOME: home(), GDBENCH_DATA: root };
  const env = { ...budget(), ...settings };
  const apiEnv = {
    ...env,
    API_PORT: String(apiPort),
    PUBLIC_WEB_URL: readSettings(['PUBLIC_WEB_URL']).PUBLIC_WEB_URL ?? webUrl,
  };
  await step('Starting the API and a worker', () =>
    Promise.all([
      keep({ name: 'api', args: ['apps/api/server.ts'], env: apiEnv, logs, drawing }, listening),
      keep({ name: 'worker', args: ['workers/worker.ts'], env, logs, drawing }, ready),
    ]),
  );
  tell([
    `GraphQL       http://localhost:${apiPort}/graphql`,
    `Logs          ${logs}`,
    '',
    'Everything listens on this machine only (127.0.0.1). Ctrl-C stops it all.',
  ]);
}

async function openPages(webPort: number, apiUrl: string, logs: string): Promise<void> {
  await step('Starting the web pages', () => keepWeb(webPort, apiUrl, logs));
  tell([`Leaderboard   http://localhost:${webPort}`]);
}

function tell(lines: readonly string[]): void {
  process.stdout.write(['', ...lines.map((line) => (line ? `  ${line}` : '')), '', ''].join('\n'));
}

function requireFreeDisk(): void {
  const disk = statfsSync(home());
  const free = disk.bavail * disk.bsize;
  if (free >= MIN_FREE_BYTES) return;
  throw new SetupFault(
    `The disk of ${home()} has ${Math.round(free / 1e6)} MB free and the database, uploads and builds need at least ${MIN_FREE_BYTES / 1e6}: free some space, or set GDBENCH_HOME to a folder on another disk.`,
  );
}

/** All settings, which the processes that are started and the commands that they run read too. @throws SettingsFault */
function requireSettings(): { apiPort: number; webPort: number } {
  const { API_PORT, WEB_PORT } = readSettings(ALL);
  if (API_PORT === 0)
    throw new SetupFault('API_PORT is "0", which leaves it open where the API is: give a port number.');
  return { apiPort: API_PORT, webPort: WEB_PORT };
}

/** What the board asks where the environment says nothing else. */
function budget(): Record<string, string> {
  return isSet('GDBENCH_SAMPLES') ? {} : { GDBENCH_SAMPLES: String(DISPLAY_SAMPLES) };
}

async function startDatabase(): Promise<string> {
  const { migrate } = await import('@gdbench/prisma/migrate');
  let url = readSettings(['DATABASE_URL']).DATABASE_URL;
  if (!url) {
    const { keepEmbeddedPostgres } = await import('./postgres/keep.ts');
    const starting = keepEmbeddedPostgres({ dir: databaseFolder(home()) }, (line) => console.error(line));
    // on the list before it has started: Ctrl-C in that second ends it too
    const stop = () =>
      starting.then(
        (server) => server.stop(),
        () => undefined,
      );
    started.push({ name: 'database', end: stop });
    const server = await step('Database: starting the embedded PostgreSQL', () => starting);
    url = server.url;
  }
  const databaseUrl = url;
  await step('Database: applying migrations', () => migrate(databaseUrl));
  return databaseUrl;
}

type Options = Parameters<typeof startService>[0];
type IsReady = (message: unknown) => true | undefined;

const listening: IsReady = (message) =>
  typeof message === 'object' && message !== null && 'listening' in message ? true : undefined;
const ready: IsReady = (message) =>
  typeof message === 'object' && message !== null && 'ready' in message ? true : undefined;

/** Starts a process and starts it anew when it dies; three deaths within a minute stop the platform. */
async function keep(options: Options, isReady: IsReady): Promise<void> {
  if (ending) return;
  let service = startService(options);
  started.push({ name: options.name, end: () => endService(service) });
  const deaths: number[] = [];
  const watch = (running: Service): Promise<void> =>
    running.ended.then(() => {
      if (ending) return;
      deaths.push(Date.now());
      if (deaths.filter((at) => at > Date.now() - 60_000).length >= 3) {
        console.error(
          `The ${options.name} process keeps dying: ${join(options.logs, `${options.name}.log`)} says why.`,
        );
        void end(1);
        return;
      }
      console.error(`The ${options.name} process died and is started again; its log is in ${options.logs}.`);
      service = startService(options);
      void watch(service);
    });
  await messageFrom(service, isReady, options.logs);
  void watch(service);
}

async function keepWeb(port: number, apiUrl: string, logs: string): Promise<void> {
  const cwd = join(ROOT, 'apps/web');
  const args = [join(ROOT, 'node_modules/next/dist/bin/next'), 'start', '-H', '127.0.0.1', '-p', String(port)];
  const env = {
    API_URL: apiUrl,
    BUILTIN_CHECKPOINTS: await builtinSetting(),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  if (ending) return;
  const service = startService({ name: 'web', args, cwd, env, logs });
  started.push({ name: 'web', end: () => endService(service) });
  let died = false;
  void service.ended.then(() => {
    died = true;
    if (ending) return;
    console.error(`The web process died: ${join(logs, 'web.log')} says why.`);
    void end(1);
  });
  while (!died && !(await answers(`http://127.0.0.1:${port}/`))) await setTimeout(100);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}

/** Ends what was started, last first; a second call (an impatient second Ctrl-C) changes nothing. */
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  endScripts();
  withdraw();
  if (started.length > 0) process.stdout.write('\nStopping: ');
  for (const { name, end: endOne } of started.reverse()) {
    process.stdout.write(`${name} `);
    await endOne().catch((error) => console.error(`${name}: ${sentence(error)}`));
  }
  process.stdout.write('\n');
  process.exit(code);
}

await start();
