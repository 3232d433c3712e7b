import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival } from '@gdbench/benchmark/arrival';
import type { Edition } from '@gdbench/benchmark/edition';
import { EditionsFault, readEditions } from '@gdbench/benchmark/read-editions';
import { answers, type Database, mostConnections, openDatabase } from '@gdbench/prisma/database';
import { isWorkTaken } from '@gdbench/prisma/work';
import { SettingsFault } from '@gdbench/settings/fault';
import { madeHome } from '@gdbench/settings/home';
import { openStorage, type Storage, StorageAddressError } from '@gdbench/storage/storage';
import { viewerOf } from './accounts/viewer.ts';
import { readBenchmarkData } from './benchmark/data.ts';
import { createBoard } from './board/board.ts';
import { openBoards } from './board/boards.ts';
import { createComparisons } from './comparison/comparisons.ts';
import type { ApiConfig } from './config.ts';
import { CONNECTIONS } from './connections.ts';
import { createEvaluations } from './evaluations/evaluations.ts';
import type { ContextOf, Services } from './graphql/context.ts';
import { createMask } from './graphql/errors.ts';
import { createSchema } from './graphql/schema.ts';
import { createApollo } from './http/apollo.ts';
import { createApp } from './http/app.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { openSockets } from './http/sockets.ts';
import { createLive } from './live/live.ts';
import { createLog, type Logger, logUnexpected } from './log.ts';
import { createUploads } from './upload/uploads.ts';

export interface Api {
  /** "http://127.0.0.1:4000" */
  readonly url: string;
  readonly port: number;
  /** Ends everything in order; requests under way get some seconds to finish. */
  close(): Promise<void>;
}

/**
 * Starts the API and resolves when it listens. Throws SettingsFault, one sentence, when the address cannot be had. What is asked
 * of the data waits for what it needs of them, where they are still being made.
 */
export async function startApi(
  config: ApiConfig,
  log: Logger = createLog(config.logLevel),
  arrival?: Arrival,
  places?: Places,
): Promise<Api> {
  const metrics = createMetrics();
  const opened = await openServices(config, places ?? (await openPlaces(config)), metrics, log, arrival);
  const served = await serve(opened.services, config, metrics, log);
  const end = async () => {
    await served.end();
    await opened.end();
  };
  let ending: Promise<void> | undefined;
  const close = () => {
    ending ??= end();
    return ending;
  };
  try {
    const port = await listen(served.server, config);
    const name = config.loopbackOnly ? '127.0.0.1' : config.host;
    const url = `http://${name}:${port}`;
    log.info({ url }, config.loopbackOnly ? `listening on ${url}, for this machine only` : `listening on ${url}`);
    tellConnections(opened.services.db, log);
    return { url, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Says in the log how many of the database's connections this API may take. */
function tellConnections(db: Database, log: Logger): void {
  const own = Object.values(CONNECTIONS).reduce((sum, one) => sum + one, 0);
  mostConnections(db).then(
    (most) => log.info(`using at most ${own} of the database's ${most} connections`),
    // one that is away just now is told of by whoever asks it next
    () => undefined,
  );
}

/** What resolvers ask: the database, the storage, and what is made of them. */
async function openServices(
  config: ApiConfig,
  { editions, storage }: Places,
  metrics: Metrics,
  log: Logger,
  arrival: Arrival | undefined,
) {
  const db = openDatabase(config.databaseUrl, {
    poolSize: CONNECTIONS.answers,
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  storage.tidy().catch((error) => logUnexpected(log, error, 'tidying the storage'));
  const data = readBenchmarkData(config.data, log, arrival, editions);
  const evaluations = createEvaluations(db);
  const boards = await openBoards({ db, ask: config.ask, data, arrival, log });
  const board = createBoard({ db, evaluations, data, metrics });
  const comparisons = createComparisons({ databaseUrl: config.databaseUrl, root: config.data, data });
  const onProgress = (evaluationId: string) => live.evaluationChanged(evaluationId);
  const uploads = createUploads({ db, storage, home: config.home, metrics, log, onProgress });
  const live = createLive({
    databaseUrl: config.databaseUrl,
    readEvaluation: evaluations.read,
    readBoard: (first, list) => board.page(first, null, list),
    // also after every time that the database was away: uploads may have become complete meanwhile
    onConnect: () => uploads.tidy().catch((error) => logUnexpected(log, error, 'tidying uploads')),
    metrics,
    log,
  });
  const { webUrl } = config;
  const services: Services = { db, storage, evaluations, board, boards, comparisons, live, uploads, data, webUrl };
  const end = async () => {
    uploads.close();
    await live.close();
    await comparisons.close();
    await db.close();
  };
  return { services, end };
}

/** GraphQL over HTTP and sockets, uploads, health and metrics, on a server that does not listen yet. */
async function serve(services: Services, { hosts }: ApiConfig, metrics: Metrics, log: Logger) {
  const schema = createSchema();
  const mask = createMask(log);
  const server = createServer();
  // an upload takes as long as it takes; a client that sends no header within this time is cut off
  server.requestTimeout = 0;
  server.headersTimeout = 20_000;
  const apollo = createApollo({ schema, httpServer: server, mask, metrics, log });
  await apollo.start();
  const contextOf: ContextOf = (request) => ({ services, viewer: viewerOf(request) });
  const whyNotReady = () => whyUnready(services).catch(() => 'the database does not answer');
  server.on('request', createApp({ apollo, contextOf, uploads: services.uploads, hosts, whyNotReady, metrics, log }));
  const sockets = openSockets({ httpServer: server, schema, contextOf, mask, metrics, log, hosts });
  const end = async () => {
    await sockets.close();
    await apollo.stop();
  };
  return { server, end };
}

/** Why the platform cannot do at this moment what it is there for; null: it can. */
async function whyUnready({ db, live }: Services): Promise<string | null> {
  if (!(await answers(db)) || !live.connected()) return 'the database does not answer';
  return (await isWorkTaken(db))
    ? null
    : 'work waits and no worker takes it: start one, or look into the workers’ logs';
}

/** What the settings name on this machine. */
export interface Places {
  readonly editions: readonly Edition[];
  readonly storage: Storage;
}

/** Opens what needs no database, so that what is wrong with it is said before one is waited for. @throws SettingsFault */
export async function openPlaces({ home, editions, storage }: ApiConfig): Promise<Places> {
  madeHome(home);
  return {
    editions: await readEditions(editions).catch(asSettings),
    storage: await openStorage(storage).catch(asSettings),
  };
}

const asSettings = (error: unknown): never => {
  const isTheirs = error instanceof EditionsFault || error instanceof StorageAddressError;
  throw isTheirs ? new SettingsFault(error.message) : error;
};

function listen(server: Server, { host, port }: ApiConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${error.code})`;
      reject(new SettingsFault(`Port ${port} on ${host} ${reason}: choose another with API_PORT.`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
