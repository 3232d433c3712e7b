import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ROOT } from './root.ts';
import { type Defaulted, oneOf, path, site, type Variable, whole } from './variable.ts';

const DEFAULT_HOME = '.gdbench';
/** What the engine's models can run on; workers/runner/settings.test.ts holds them against its own list. */
const DEVICES = ['auto', 'cuda', 'tensorrt', 'webgpu', 'cpu'] as const;
/** As it stands in an address: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST_NAME = /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;
/** Longer waits than a timer of Node can count would end at once. */
const MOST_SECONDS = 1_000_000;

const hostNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
  .refine((names) => names.every((name) => HOST_NAME.test(name)));

const gigabytes = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/)
  .transform(Number)
  .refine((number) => number > 0);

/** As pg takes one: the host may be left out after a password, where a socket's folder stands in the query. */
function isPostgresAddress(text: string): boolean {
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text.replace('@/', '@host/'));
}

/** Every setting of the API, the workers, the command line and set-up. */
export const VARIABLES = {
  DATABASE_URL: {
    means: 'the PostgreSQL database',
    expected: 'the address of a PostgreSQL database, postgresql://user:password@host:port/name',
    otherwise: 'the embedded one of `npm start`',
    secret: true,
    type: z.string().refine(isPostgresAddress),
  },
  API_HOST: {
    means: 'the address that the API listens on',
    expected: 'an IP address or a name of this machine, like 0.0.0.0 for all of its addresses',
    otherwise: 'this machine only',
    type: z.string().regex(/^([\w.-]+|[0-9a-f:.]+(%[\w.-]+)?)$/i),
  },
  API_ALLOWED_HOSTS: {
    means: 'further names that the API goes by',
    expected: 'host names without ports, separated by commas, like board.example,10.0.0.5',
    otherwise: 'none',
    type: hostNames,
    value: [],
  },
  API_PORT: whole(0, 65_535, { means: 'the port of the API; 0: any free one', value: 4000 }),
  WEB_PORT: whole(1, 65_535, { means: 'the port of the pages', value: 3000 }),
  PUBLIC_WEB_URL: site('https://board.example', {
    means: 'where readers find the pages; commands print it',
    otherwise: 'that of `npm start`',
  }),
  GDBENCH_HOME: {
    ...path('the path of a folder, written out where ~ would stand', {
      means: 'the state of this machine: database, uploads, logs',
      otherwise: `\`${DEFAULT_HOME}\` in the project's folder`,
    }),
    type: z
      .string()
      .regex(/^(?!~)[^\0]*$/)
      .transform((text) => resolve(ROOT, text)),
    value: join(ROOT, DEFAULT_HOME),
  },
  GDBENCH_STORAGE: {
    means: 'where checkpoints are kept',
    expected: 'file:/absolute/folder or s3:bucket/prefix?endpoint=https://...',
    otherwise: 'a folder in the home',
    type: z.string().regex(/^(file|s3):/),
  },
  GDBENCH_DATA: path('the path of a folder', {
    means: "the data root, in GDBench's official layout",
    otherwise: 'the built-in set',
  }),
  GDBENCH_EDITIONS: path('the path of a JSON file', {
    means: 'further editions of the data that may rank',
    otherwise: 'the known ones only',
  }),
  GDBENCH_SAMPLES: whole(1, 1_000, {
    means: 'noise samples that the board asks of diffusion models',
    value: 25,
    otherwise: '25; 6 under `npm start`',
  }),
  GDBENCH_SEED: whole(0, 2 ** 31 - 1, { means: 'the seed of the noise that the board asks for', value: 0 }),
  GDBENCH_LIMIT: whole(1, 1_000_000, { means: 'examples of each subtask that the board scores', otherwise: 'all' }),
  GDBENCH_BATCH: whole(1, 4_096, { means: 'rows that go through a model at once', otherwise: 'measured' }),
  GDBENCH_THREADS: whole(1, 1_024, { means: 'threads of a model', otherwise: 'measured' }),
  GDBENCH_DEVICE: oneOf(DEVICES, { means: 'what models run on', value: 'auto' }),
  GDBENCH_MEMORY_GB: {
    means: 'gigabytes that a model of a worker may take',
    expected: 'a number above 0, like 8 or 1.5',
    otherwise: '8',
    type: gigabytes,
    value: 8,
  },
  GDBENCH_MEMORY_MB: whole(1, 100_000_000, {
    means: 'megabytes that `gdbench evaluate` may take for speed',
    otherwise: 'half of what is free',
  }),
  GDBENCH_EXAMPLE_SECONDS: whole(1, MOST_SECONDS, {
    means: 'seconds without progress until a worker ends a model',
    value: 3_600,
  }),
  GDBENCH_LOG: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
    means: 'what the API and the workers write to their logs',
    value: 'info',
  }),
  WORKER_NAME: {
    means: 'what a worker is called; no two may share a name',
    expected: 'up to 100 characters that can be shown, not spaces alone',
    otherwise: 'the name of its machine and some digits',
    type: z.string().regex(/^(?=.*\P{Z})[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u),
  },
  GDBENCH_SERVER: site('http://localhost:4000', {
    means: 'the API that commands talk to',
    otherwise: 'the `npm start` of the home',
  }),
  GDBENCH_TOKEN: {
    means: 'the access token of commands',
    expected: 'a token in one line of ASCII',
    otherwise: 'none',
    secret: true,
    type: z.string().regex(/^[!-~]+$/),
  },
  GDBENCH_WEB: site('http://localhost:3000', {
    means: 'the pages whose addresses commands print',
    otherwise: 'those that the API names',
  }),
} as const satisfies Record<string, Variable<unknown> | Defaulted<unknown>>;

export type Name = keyof typeof VARIABLES;
