import { type Api, startApi } from '@gdbench/api/api';
import { type ApiConfig, readConfig } from '@gdbench/api/config';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { pino } from 'pino';
import { createTestDatabase } from './database.ts';
import { newFolder } from './folder.ts';

/** An API on a free port over a database and a home of its own. */
export interface TestApi {
  readonly api: Api;
  readonly url: string;
  readonly home: string;
  readonly config: ApiConfig;
  /** The same database, to drive an evaluation as a worker would. */
  readonly db: Database;
  /** Every line of the log, parsed, oldest first. */
  readonly log: Record<string, unknown>[];
  /** A further API over the same database and home, as on another port or after a restart. */
  another(): Promise<Api>;
  close(): Promise<void>;
}

export async function startTestApi(env: Record<string, string> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const home = newFolder();
  const config = readConfig({ DATABASE_URL: database.url, API_PORT: '0', GDBENCH_HOME: home, ...env });
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const db = openDatabase(database.url, { poolSize: 4 });
  const apis: Api[] = [];
  const another = async () => {
    const api = await startApi(config, logger);
    apis.push(api);
    return api;
  };
  const api = await another();
  return {
    api,
    url: api.url,
    home,
    config,
    db,
    log,
    another,
    async close() {
      await Promise.all(apis.map((one) => one.close()));
      await db.close();
      await database.drop();
    },
  };
}
