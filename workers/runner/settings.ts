import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DEVICES, type Device } from '../engine/runtime/device.ts';

/** Relative folders start here, wherever the command was given. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const Whole = z.coerce.number().int().positive();
/** An empty variable is one that is not set. */
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type.optional());

const Environment = z.object({
  DATABASE_URL: z.string({ error: 'is not set' }).min(1, 'is empty'),
  GDBENCH_HOME: optional(z.string()),
  GDBENCH_STORAGE: optional(z.string()),
  GDBENCH_DATA: optional(z.string()),
  GDBENCH_EDITIONS: optional(z.string()),
  GDBENCH_BATCH: optional(Whole),
  GDBENCH_THREADS: optional(Whole),
  GDBENCH_DEVICE: optional(z.enum(DEVICES)),
  GDBENCH_MEMORY_GB: optional(z.coerce.number().positive()),
  GDBENCH_EXAMPLE_SECONDS: optional(Whole),
  GDBENCH_LOG: optional(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])),
  WORKER_NAME: optional(z.string().max(100)),
});

export interface Settings {
  readonly databaseUrl: string;
  /** Names the worker in logs and on the page; unique among the workers that run. */
  readonly workerId: string;
  /** Folder for the checkpoints that are being worked on. */
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

/** Generous: a large diffusion model on a slow processor needs minutes to open, and for one batch. */
const EXAMPLE_SECONDS = 3_600;
const MEMORY_GB = 8;

/** A setting that cannot serve; the message is one sentence. */
export class SettingsFault extends Error {}

/** @throws SettingsFault with a sentence that names the variable. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? 'A setting');
    throw new SettingsFault(
      name === 'DATABASE_URL'
        ? 'DATABASE_URL is not set: give the address of the PostgreSQL server that the API uses.'
        : `${name} is "${env[name] ?? ''}", which cannot serve: ${issue?.message ?? 'correct it'}.`,
    );
  }
  const given = parsed.data;
  const home = resolve(ROOT, given.GDBENCH_HOME ?? '.gdbench');
  return {
    databaseUrl: given.DATABASE_URL,
    workerId: given.WORKER_NAME ?? `${hostname().slice(0, 40)}-${randomBytes(3).toString('hex')}`,
    work: join(home, 'work'),
    storage: given.GDBENCH_STORAGE ?? `file:${join(home, 'storage')}`,
    data: resolve(ROOT, given.GDBENCH_DATA ?? drawnData(join(home, 'data'))),
    ...(given.GDBENCH_EDITIONS === undefined ? {} : { editions: resolve(ROOT, given.GDBENCH_EDITIONS) }),
    ...(given.GDBENCH_BATCH === undefined ? {} : { batch: given.GDBENCH_BATCH }),
    ...(given.GDBENCH_THREADS === undefined ? {} : { threads: given.GDBENCH_THREADS }),
    device: given.GDBENCH_DEVICE ?? 'auto',
    memoryBytes: Math.round((given.GDBENCH_MEMORY_GB ?? MEMORY_GB) * 1e9),
    exampleSeconds: given.GDBENCH_EXAMPLE_SECONDS ?? EXAMPLE_SECONDS,
    logLevel: given.GDBENCH_LOG ?? 'info',
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
