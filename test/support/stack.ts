import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endService, messageFrom, type Service, startService } from '../../setup/service.ts';
import { createTestDatabase } from './database.ts';
import { newFolder } from './folder.ts';

interface StackOptions {
  /** The data root that workers and the API read. */
  data: string;
  /** Examples a subtask; samples of noise. */
  limit?: number;
  samples?: number;
  /** Another database than a fresh clone of the template. */
  databaseUrl?: string;
  env?: Record<string, string>;
}

export interface Worker {
  readonly name: string;
  readonly pid: number;
  readonly service: Service;
}

/** The platform's real processes on free ports over a database and a home of their own. */
export interface Stack {
  readonly databaseUrl: string;
  readonly home: string;
  apiUrl(): string;
  startWorker(name: string): Promise<Worker>;
  /** Ends the API process and starts it anew on the same port. */
  restartApi(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startWeb(): Promise<string>;
  log(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Batch and threads are pinned, so that scores are equal to the bit. */
const PINNED = { GDBENCH_BATCH: '4', GDBENCH_THREADS: '1' };

const port = (message: unknown): number | undefined =>
  typeof message === 'object' && message !== null && 'listening' in message ? Number(message.listening) : undefined;
const ready = (message: unknown): true | undefined =>
  typeof message === 'object' && message !== null && 'ready' in message ? true : undefined;

export async function startStack(options: StackOptions): Promise<Stack> {
  const home = newFolder();
  const database = options.databaseUrl ? undefined : await createTestDatabase();
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const logs = join(home, 'log');
  const env = {
    ...PINNED,
    DATABASE_URL: databaseUrl,
    GDBENCH_HOME: home,
    GDBENCH_STORAGE: `file:${join(home, 'storage')}`,
    GDBENCH_DATA: options.data,
    GDBENCH_SAMPLES: String(options.samples ?? 4),
    GDBENCH_LIMIT: String(options.limit ?? 6),
    ...options.env,
  };
  const services = new Set<Service>();
  const launch = (name: string, args: string[], extra: Record<string, string> = {}, cwd?: string) => {
    const service = startService({ name, args, env: { ...env, ...extra }, logs, ...(cwd ? { cwd } : {}) });
    services.add(service);
    return service;
  };
  const launchApi = async (apiPort: number) => {
    const service = launch('api', ['apps/api/server.ts'], { API_PORT: String(apiPort) });
    return { service, port: await messageFrom(service, port, logs) };
  };
  let api = await launchApi(0);
  return {
    databaseUrl,
    home,
    apiUrl: () => `http://127.0.0.1:${api.port}`,
    async startWorker(name) {
      const service = launch(name, ['workers/worker.ts'], { WORKER_NAME: name });
      await messageFrom(service, ready, logs);
      return { name, pid: service.child.pid ?? 0, service };
    },
    async restartApi(signal) {
      services.delete(api.service);
      if (signal === 'SIGKILL') api.service.child.kill('SIGKILL');
      await endService(api.service);
      api = await launchApi(api.port);
    },
    async startWeb() {
      const cwd = join(process.cwd(), 'apps/web');
      const next = join(process.cwd(), 'node_modules/next/dist/bin/next');
      const service = launch(
        'web',
        [next, 'start', '-H', '127.0.0.1', '-p', '0'],
        { API_URL: `http://127.0.0.1:${api.port}`, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
        cwd,
      );
      return addressPrintedBy(service);
    },
    log: (name) => readFile(join(logs, `${name}.log`), 'utf8'),
    async close() {
      await Promise.all([...services].map((service) => endService(service)));
      await database?.drop();
    },
  };
}

/** Next prints where it listens. */
function addressPrintedBy(service: Service): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    service.child.stdout?.on('data', (chunk) => {
      printed += chunk;
      const address = /https?:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(printed);
      if (address && printed.includes('Ready')) resolve(`http://127.0.0.1:${address[1]}`);
    });
    service.ended.then(() => reject(new Error(`The web process ended while starting:\n${printed}`)));
  });
}
