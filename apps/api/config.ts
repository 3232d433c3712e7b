import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LOOPBACK_NAMES } from './http/loopback.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
  /** What the board asks of every checkpoint. `limit`: examples a subtask, null for all. */
  readonly budget: { readonly samples: number; readonly seed: number; readonly limit: number | null };
}

/** A setting that does not fit: its message is one sentence a line, all that a person needs. */
export class ConfigFault extends Error {}

const whole = (name: string, low: number, high: number) =>
  z.string().transform((text, context) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= low && number <= high) return number;
    context.addIssue(`${name} is "${text}": give a whole number from ${low} to ${high}.`);
    return z.NEVER;
  });

/** As it stands in an address: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST_NAME = /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;

const settings = z.object({
  DATABASE_URL: z
    .string(
      'DATABASE_URL is not set: give the address of a PostgreSQL database, postgresql://user:password@host:port/name.',
    )
    .regex(
      /^postgres(ql)?:\/\//,
      'DATABASE_URL is not the address of a PostgreSQL database: give postgresql://user:password@host:port/name.',
    ),
  API_HOST: z.string().optional(),
  API_ALLOWED_HOSTS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
    .refine((names) => names.every((name) => HOST_NAME.test(name)), {
      message:
        'API_ALLOWED_HOSTS is a list of host names without ports, separated by commas, e.g. board.example,10.0.0.5.',
    })
    .default([]),
  API_PORT: whole('API_PORT', 0, 65_535).default(4000),
  GDBENCH_HOME: z.string().default('.gdbench'),
  GDBENCH_STORAGE: z
    .string()
    .regex(/^(file|s3):/, 'GDBENCH_STORAGE must begin with file: or s3:.')
    .optional(),
  GDBENCH_DATA: z.string().optional(),
  GDBENCH_EDITIONS: z.string().optional(),
  PUBLIC_WEB_URL: z
    .url({
      protocol: /^https?$/,
      error: 'PUBLIC_WEB_URL is where readers find the pages: give an address like https://board.example.',
    })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  GDBENCH_SAMPLES: whole('GDBENCH_SAMPLES', 1, 1_000).default(25),
  GDBENCH_SEED: whole('GDBENCH_SEED', 0, 2 ** 31 - 1).default(0),
  GDBENCH_LIMIT: whole('GDBENCH_LIMIT', 1, 1_000_000).optional(),
});

/** The address to listen on is a name of ours too, unless it stands for every address. */
function ownName(host: string | undefined): string[] {
  if (host === undefined || host === '0.0.0.0' || host === '::') return [];
  return [host.includes(':') ? `[${host}]` : host.toLowerCase()];
}

/** Reads the settings from the environment; an empty variable counts as not set. Throws ConfigFault. */
export function readConfig(env: Record<string, string | undefined>): ApiConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) throw new ConfigFault(parsed.error.issues.map((issue) => issue.message).join('\n'));
  const value = parsed.data;
  const home = resolve(root, value.GDBENCH_HOME);
  return {
    databaseUrl: value.DATABASE_URL,
    host: value.API_HOST ?? '127.0.0.1',
    loopbackOnly: value.API_HOST === undefined,
    hosts: new Set([...LOOPBACK_NAMES, ...ownName(value.API_HOST), ...value.API_ALLOWED_HOSTS]),
    port: value.API_PORT,
    home,
    storage: value.GDBENCH_STORAGE ?? `file:${join(home, 'storage')}`,
    ...(value.GDBENCH_DATA ? { data: resolve(root, value.GDBENCH_DATA) } : {}),
    ...(value.GDBENCH_EDITIONS ? { editions: resolve(root, value.GDBENCH_EDITIONS) } : {}),
    webUrl: value.PUBLIC_WEB_URL ?? null,
    budget: { samples: value.GDBENCH_SAMPLES, seed: value.GDBENCH_SEED, limit: value.GDBENCH_LIMIT ?? null },
  };
}
