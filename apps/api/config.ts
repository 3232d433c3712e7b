import { resolve } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { readSettings } from '@gdbench/settings/settings';
import { storageAddress } from '@gdbench/settings/storage-address';
import { LOOPBACK_NAMES } from './http/loopback.ts';

export interface ApiConfig {
  readonly databaseUrl: string;
  /** Address to listen on. */
  readonly host: string;
  /** True when only this machine reaches the address. */
  readonly loopbackOnly: boolean;
  /** Names under which it may be addressed; others, and foreign pages, are refused. */
  readonly hosts: ReadonlySet<string>;
  /** 0: any free port. */
  readonly port: number;
  /** Folder of this machine's state; uploads wait below it until they are whole. */
  readonly home: string;
  /** `file:` or `s3:` address of the store for whole files. */
  readonly storage: string;
  /** Data root in the official layout; absent: `tasks` cannot say what data the board scores on. */
  readonly data?: string;
  /** File of further editions of which its data may be. */
  readonly editions?: string;
  /** Where readers find the pages, without a slash at the end; null: nobody said. */
  readonly webUrl: string | null;
  /** What the first board asks of every checkpoint. `limit`: examples a subtask, null for all. */
  readonly ask: { readonly samples: number; readonly seed: number; readonly limit: number | null };
  readonly logLevel: string;
}

/** The address to listen on is a name of ours too, unless it stands for every address. */
function ownName(host: string | undefined): string[] {
  if (host === undefined || host === '0.0.0.0' || host === '::') return [];
  return [host.includes(':') ? `[${host}]` : host.toLowerCase()];
}

const NAMES = [
  'DATABASE_URL',
  'API_HOST',
  'API_ALLOWED_HOSTS',
  'API_PORT',
  'PUBLIC_WEB_URL',
  'GDBENCH_HOME',
  'GDBENCH_STORAGE',
  'GDBENCH_DATA',
  'GDBENCH_EDITIONS',
  'GDBENCH_SAMPLES',
  'GDBENCH_SEED',
  'GDBENCH_LIMIT',
  'GDBENCH_LOG',
] as const;

/** What the environment asks of the API. @throws SettingsFault */
export function readConfig(env: Record<string, string | undefined>): ApiConfig {
  const value = readSettings(NAMES, { env, required: ['DATABASE_URL'] });
  return {
    databaseUrl: value.DATABASE_URL,
    host: value.API_HOST ?? '127.0.0.1',
    loopbackOnly: value.API_HOST === undefined,
    hosts: new Set([...LOOPBACK_NAMES, ...ownName(value.API_HOST), ...value.API_ALLOWED_HOSTS]),
    port: value.API_PORT,
    home: value.GDBENCH_HOME,
    storage: storageAddress(value),
    ...(value.GDBENCH_DATA ? { data: resolve(ROOT, value.GDBENCH_DATA) } : {}),
    ...(value.GDBENCH_EDITIONS ? { editions: resolve(ROOT, value.GDBENCH_EDITIONS) } : {}),
    webUrl: value.PUBLIC_WEB_URL ?? null,
    ask: { samples: value.GDBENCH_SAMPLES, seed: value.GDBENCH_SEED, limit: value.GDBENCH_LIMIT ?? null },
    logLevel: value.GDBENCH_LOG,
  };
}
