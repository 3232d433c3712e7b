import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { readSettings } from '@gdbench/settings/settings';
import { storageAddress } from '@gdbench/settings/storage-address';
import type { Device } from '../engine/runtime/device.ts';

export interface WorkerSettings {
  readonly databaseUrl: string;
  /** Names the worker in logs and on the page; unique among the workers that run. */
  readonly workerId: string;
  /** Folder of this machine's state. */
  readonly home: string;
  /** Folder in it for the checkpoints that are being worked on. */
  readonly work: string;
  /** "file:/path" or "s3:...". */
  readonly storage: string;
  readonly data: string;
  /** File of further editions of which the data may be. */
  readonly editions?: string;
  readonly batch?: number;
  readonly threads?: number;
  readonly device: Device;
  /** Resident memory a child process may take. */
  readonly memoryBytes: number;
  /** Seconds without a row of a model before its child counts as hung. */
  readonly exampleSeconds: number;
  readonly logLevel: string;
}

const NAMES = [
  'DATABASE_URL',
  'GDBENCH_HOME',
  'GDBENCH_STORAGE',
  'GDBENCH_DATA',
  'GDBENCH_EDITIONS',
  'GDBENCH_BATCH',
  'GDBENCH_THREADS',
  'GDBENCH_DEVICE',
  'GDBENCH_MEMORY_GB',
  'GDBENCH_EXAMPLE_SECONDS',
  'GDBENCH_LOG',
  'WORKER_NAME',
] as const;

/** What the environment asks of a worker. @throws SettingsFault */
export function workerSettings(env: Record<string, string | undefined>): WorkerSettings {
  const given = readSettings(NAMES, { env, required: ['DATABASE_URL'] });
  const home = given.GDBENCH_HOME;
  return {
    databaseUrl: given.DATABASE_URL,
    workerId: given.WORKER_NAME ?? `${hostname().slice(0, 40)}-${randomBytes(3).toString('hex')}`,
    home,
    work: join(home, 'work'),
    storage: storageAddress(given),
    data: resolve(ROOT, given.GDBENCH_DATA ?? drawnData(join(home, 'data'))),
    ...(given.GDBENCH_EDITIONS === undefined ? {} : { editions: resolve(ROOT, given.GDBENCH_EDITIONS) }),
    ...(given.GDBENCH_BATCH === undefined ? {} : { batch: given.GDBENCH_BATCH }),
    ...(given.GDBENCH_THREADS === undefined ? {} : { threads: given.GDBENCH_THREADS }),
    device: given.GDBENCH_DEVICE,
    memoryBytes: Math.round(given.GDBENCH_MEMORY_GB * 1e9),
    exampleSeconds: given.GDBENCH_EXAMPLE_SECONDS,
    logLevel: given.GDBENCH_LOG,
  };
}

/** The built-in set that was drawn into the state folder, the newest version of it that is whole. */
function drawnData(folder: string): string {
  const version = (name: string) => Number(name.slice('builtin-'.length));
  try {
    const whole = readdirSync(folder).filter((name) => /^builtin-\d+$/.test(name));
    return join(folder, whole.sort((a, b) => version(a) - version(b)).at(-1) ?? '');
  } catch {
    return folder;
  }
}
