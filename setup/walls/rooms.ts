/** A folder whose files may import the same. A file belongs to the deepest room that it lies in. */
export interface Room {
  readonly folder: string;
  /**
   * What its files may import beside their own room: a workspace or a part of it (of either, what its `exports` names), or
   * a folder or file, all of it.
   */
  readonly imports: readonly string[];
  /** What its tests may import besides, beside test/support. */
  readonly tests?: readonly string[];
}

/** What of storage needs no store: which files a checkpoint has, what they are called together, how they are shown, what mends them. */
const MANIFEST = [
  '@gdbench/storage/alike',
  '@gdbench/storage/manifest',
  '@gdbench/storage/checkpoint-files',
  '@gdbench/storage/identity',
  '@gdbench/storage/junk',
  '@gdbench/storage/links',
  '@gdbench/storage/list-folder',
  '@gdbench/storage/printable',
  '@gdbench/storage/remedy',
] as const;

/** What of the benchmark the pages show. */
const DISPLAY = [
  '@gdbench/benchmark/bias-pairs',
  '@gdbench/benchmark/checkpoint-name',
  '@gdbench/benchmark/display',
  '@gdbench/benchmark/edition-words',
  '@gdbench/benchmark/states',
  '@gdbench/benchmark/figures',
  '@gdbench/benchmark/holm',
  '@gdbench/benchmark/protocol',
  '@gdbench/benchmark/ranking',
  '@gdbench/benchmark/reported',
  '@gdbench/benchmark/task',
  '@gdbench/benchmark/tasks',
] as const;

/** What sends an operation of the contract. */
const ASKING = ['@gdbench/schema/ask', '@gdbench/schema/follow'] as const;

const PACKAGES = ['@gdbench/benchmark', '@gdbench/storage', '@gdbench/settings'] as const;

/** Who may import whom. What is not named here is refused. */
export const ROOMS: readonly Room[] = [
  { folder: 'schema', imports: [], tests: ['test/generated'] },
  { folder: 'packages/benchmark', imports: ['@gdbench/file-names'] },
  { folder: 'packages/storage', imports: ['@gdbench/file-names'] },
  { folder: 'packages/settings', imports: [] },
  { folder: 'packages/file-names', imports: [] },
  { folder: 'packages/launcher', imports: [] },
  {
    folder: 'prisma',
    imports: [
      '@gdbench/benchmark/states',
      '@gdbench/benchmark/inspection-report',
      '@gdbench/benchmark/protocol',
      '@gdbench/benchmark/task',
      '@gdbench/benchmark/version',
      '@gdbench/storage/remedy',
    ],
    tests: ['@gdbench/benchmark'],
  },
  { folder: 'workers/engine', imports: ['@gdbench/benchmark', ...MANIFEST] },
  {
    // not prisma: what a child scores may be hostile, and it sees neither the database nor a secret
    folder: 'workers/child',
    imports: [
      '@gdbench/benchmark',
      '@gdbench/storage/printable',
      '@gdbench/storage/remedy',
      'workers/engine',
      'workers/board-data.ts',
      'workers/sentence.ts',
    ],
  },
  {
    folder: 'workers/stages',
    imports: [
      ...PACKAGES,
      '@gdbench/prisma',
      'workers/engine',
      'workers/child',
      'workers/board-data.ts',
      'workers/sentence.ts',
      'workers/runner/lease.ts',
      'workers/runner/loaded.ts',
      'workers/runner/prompt.ts',
      'workers/runner/settings.ts',
    ],
  },
  { folder: 'workers', imports: [...PACKAGES, '@gdbench/prisma', 'workers/engine', 'workers/child', 'workers/stages'] },
  {
    folder: 'apps/api',
    imports: [...PACKAGES, '@gdbench/schema/sdl', '@gdbench/prisma'],
    tests: ['@gdbench/schema/ask', 'test/generated'],
  },
  {
    folder: 'apps/web',
    imports: [
      '@gdbench/schema',
      ...DISPLAY,
      '@gdbench/file-names/order',
      '@gdbench/storage/alike',
      '@gdbench/storage/manifest',
      '@gdbench/storage/checkpoint-files',
      '@gdbench/storage/remedy',
    ],
    tests: ['@gdbench/prisma'],
  },
  {
    folder: 'apps/cli',
    imports: [
      ...PACKAGES,
      ...ASKING,
      '@gdbench/launcher',
      '@gdbench/workers',
      '@gdbench/builtin',
      '@gdbench/file-names',
    ],
    tests: ['@gdbench/prisma', 'builtin/data'],
  },
  {
    folder: 'builtin',
    imports: [...PACKAGES, '@gdbench/workers/engine'],
    tests: ['packages/benchmark/load'],
  },
  {
    folder: 'setup',
    imports: [
      ...PACKAGES,
      ...ASKING,
      '@gdbench/prisma/migrate',
      '@gdbench/builtin',
      '@gdbench/workers/engine/folder',
      // which folders hold operations
      'schema/codegen.ts',
      // by its path, not its name: it runs before anything is installed
      'packages/launcher',
      'test/support/browser.ts',
      'test/support/screenshot.ts',
      'vitest.config.ts',
    ],
    tests: ['@gdbench/prisma', 'apps/web/questions', 'apps/web/server'],
  },
  {
    folder: 'bench',
    imports: [...PACKAGES, ...ASKING, '@gdbench/builtin', '@gdbench/prisma', '@gdbench/workers/engine', 'setup'],
  },
  {
    folder: 'test',
    imports: [
      ...PACKAGES,
      '@gdbench/launcher',
      '@gdbench/schema',
      '@gdbench/prisma',
      '@gdbench/workers',
      '@gdbench/api',
      '@gdbench/builtin',
      'packages/benchmark',
      'workers/engine',
      'builtin/data',
      'setup',
    ],
  },
  { folder: 'vitest.config.ts', imports: [] },
];

/** Packages that few may import, whoever names them in a package.json. */
export const KEPT_PACKAGES: readonly { readonly packages: readonly string[]; readonly by: readonly string[] }[] = [
  // bench/bare-thread.ts is what the engine is measured against: the runtime alone
  { packages: ['onnxruntime-node'], by: ['workers/engine/runtime/session.ts', 'bench/bare-thread.ts'] },
  {
    packages: ['pg', 'prisma', '@prisma/*'],
    by: ['prisma', 'setup/postgres/running.ts', 'setup/postgres.test.ts', 'test/support/server.ts'],
  },
];

/** Files that begin a process, or a run of tests, of another room. */
export const STARTERS: readonly string[] = [
  'setup/drawing.ts',
  'setup/engine.vitest.config.ts',
  'setup/prepare.ts',
  'setup/seed.ts',
  'setup/shots.ts',
  'setup/start.ts',
  // names them
  'setup/walls/rooms.ts',
  'test/support/command.ts',
  'test/support/stack.ts',
];

/** Files that load code which is known only when they run, or that they resolve by themselves. */
export const LOADERS: readonly string[] = [
  'bench/start.ts',
  // runs the command, as whoever measures anew does
  'builtin/checkpoints/measure.ts',
  'prisma/engine/cli.mjs',
  'prisma/engine/schema-engine.mjs',
  'setup/compile.ts',
  'setup/launch.mjs',
  'setup/postgres/binaries.ts',
  'setup/service.ts',
  'vitest.config.ts',
];
