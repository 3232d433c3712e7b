import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { type Breach, findBreaches, unseen } from './walls.ts';
import { readWorkspaces } from './workspaces.ts';

/** A file that is planted, what it holds, and the rule that refuses it. */
type Plant = readonly [file: string, code: string, rule: string];

/** In every kind of import, from every room, by name and by path. */
const FORBIDDEN: readonly Plant[] = [
  ['apps/web/board/a.tsx', "import { x } from '../../api/config.ts';", 'apps/web imports'],
  ['apps/web/board/b.ts', "import { x } from '@gdbench/prisma/database';", 'apps/web imports'],
  ['apps/web/submit/c.ts', "import { x } from '@gdbench/storage/storage';", 'apps/web imports'],
  ['apps/web/submit/d.ts', "import { x } from '@gdbench/benchmark/load';", 'apps/web imports'],
  ['apps/web/submit/e.ts', "import { x } from '../../../packages/storage/s3.ts';", 'apps/web imports'],
  ['workers/engine/text/a.ts', "import { x } from '../../../prisma/database.ts';", 'workers/engine imports'],
  ['workers/engine/text/b.ts', "import { x } from '../../../packages/storage/storage.ts';", 'workers/engine imports'],
  ['workers/engine/c.ts', "import { x } from '@gdbench/storage/storage';", 'workers/engine imports'],
  ['workers/engine/d.ts', "import { x } from '../stages/stage.ts';", 'workers/engine imports'],
  ['workers/engine/e.ts', "import type { x } from '@gdbench/prisma/shards';", 'workers/engine imports'],
  ['workers/child/a.ts', "import type { x } from '@gdbench/prisma/database';", 'workers/child imports'],
  ['workers/runner/a.ts', "import { x } from '../../apps/api/config.ts';", 'workers imports'],
  ['workers/stages/score/a.ts', "import { x } from '@gdbench/api/api';", 'workers/stages imports'],
  ['apps/api/board/a.ts', "import { x } from '../../cli/fault.ts';", 'apps/api imports'],
  ['apps/api/board/b.ts', "export * from '../../../workers/engine/in-order.ts';", 'apps/api imports'],
  ['apps/api/board/c.mjs', "await import('@gdbench/workers/engine/reduce');", 'apps/api imports'],
  ['apps/api/board/d.ts', "export const x = () => import('@gdbench/workers/engine/fault');", 'apps/api imports'],
  ['apps/api/board/e.ts', "import { x } from '../../../test/support/folder.ts';", 'apps/api imports'],
  ['apps/api/board/f.ts', "import { x } from './board.test.ts';", 'nobody imports a test'],
  ['apps/api/board/g.ts', "import { x } from '../../../prisma/work/claim.ts';", 'apps/api imports'],
  ['builtin/data/a.ts', "import { x } from '../../apps/cli/fault.ts';", 'builtin imports'],
  ['builtin/data/b.ts', "import { x } from '@gdbench/workers/run-worker';", 'builtin imports'],
  ['apps/cli/data/a.ts', "import { x } from '@gdbench/api/api';", 'apps/cli imports'],
  ['apps/cli/data/b.ts', "import { x } from '../../../setup/port.ts';", 'apps/cli imports'],
  ['apps/cli/data/c.ts', "import { x } from '@gdbench/prisma/database';", 'apps/cli imports'],
  ['packages/benchmark/load/a.ts', "import { x } from '../../storage/manifest.ts';", 'packages/benchmark imports'],
  ['packages/storage/a.ts', "import { x } from '@gdbench/benchmark/task';", 'packages/storage imports'],
  ['packages/settings/a.ts', "import { x } from '@gdbench/storage/manifest';", 'packages/settings imports'],
  ['schema/a.ts', "import { x } from '@gdbench/benchmark/task';", 'schema imports'],
  ['prisma/a.ts', "import { x } from '@gdbench/storage/manifest';", 'prisma imports'],
  ['setup/a.ts', "import { x } from '../apps/api/config.ts';", 'setup imports'],
  ['bench/a.ts', "import { x } from '@gdbench/api/api';", 'bench imports'],
  ['apps/api/live/a.test.ts', "import { x } from '../../cli/fault.ts';", 'tests of apps/api import'],
  ['workers/engine/a.test.ts', "import { x } from '../../prisma/database.ts';", 'tests of workers/engine import'],
  ['test/support/a.ts', "import { x } from '../../apps/web/board/order.ts';", 'test imports'],

  ['apps/api/live/a.ts', "import pg from 'pg';", 'few import pg'],
  ['setup/b.ts', "import pg from 'pg';", 'few import pg'],
  ['apps/cli/data/d.ts', "import { x } from '@prisma/client';", 'few import pg'],
  ['bench/b.ts', "import * as ort from 'onnxruntime-node';", 'few import onnxruntime-node'],
  ['workers/engine/runtime/a.ts', "import type { Tensor } from 'onnxruntime-node';", 'few import onnxruntime-node'],
  ['apps/api/live/b.ts', "import { x } from 'sharp';", 'package.json of @gdbench/api names'],
  ['apps/cli/data/e.ts', "import { x } from 'sharp';", 'package.json of @gdbench/cli names'],
  ['packages/storage/b.ts', "import { expect } from 'vitest';", 'package.json of @gdbench/storage names'],
  [
    'packages/benchmark/a.test.ts',
    "import { x } from 'express';",
    "package.json of @gdbench/benchmark, or the root's, names",
  ],
  ['setup/c.ts', "import { x } from 'express';", 'package.json names'],

  ['packages/settings/b.ts', "import { x } from './nowhere.ts';", 'nothing that is not there'],
  ['packages/settings/c.ts', "import { x } from './d.ts';", 'no circles'],

  ['apps/api/live/c.ts', "export const x = 1 as unknown as typeof import('../../cli/fault.ts');", 'all is seen'],
  ['apps/api/live/d.ts', "new Worker(new URL('../../cli/fault.ts', import.meta.url));", 'all is seen'],
  ['apps/api/live/e.ts', 'export const x = (name: string) => import(name);', 'all is seen'],
  ['apps/api/live/i.ts', "new Worker(join(import.meta.dirname, '../../cli/fault.ts'));", 'all is seen'],
  ['apps/api/live/j.ts', "new URL('../../cli/fault.ts', new URL('.', import.meta.url));", 'all is seen'],
  ['apps/api/live/k.ts', "fork('../../cli/fault.ts');", 'all is seen'],
  ['apps/api/live/p.ts', "fork('apps/cli/fault.ts');", 'all is seen'],
  ['apps/api/live/q.ts', '/// <reference path="../../cli/fault.ts" />', 'all is seen'],
  ['apps/api/live/r.mjs', "/** @import { CliFault } from '../../cli/fault.ts' */", 'all is seen'],
  ['apps/api/live/l.ts', "import { z } from 'zod';\nexport const x = import('zod' + '/../pg');", 'all is seen'],
  ['apps/api/live/m.ts', "import Module from 'node:module';\nModule._load('pg');", 'all is seen'],
  ['apps/api/live/n.ts', "import.meta['resolve']('pg');", 'all is seen'],
  ['apps/api/live/o.cjs', "const load = require;\nload('pg');", 'all is seen'],
  [
    'apps/api/live/f.mjs',
    "import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('pg');",
    'all is seen',
  ],
  ['apps/planted.ts', 'export const x = 1;', 'all is seen'],
];

/** The other half of the circle that begins in c.ts. */
const HALF = ['packages/settings/d.ts', "import type { y } from './c.ts';"] as const;

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ['apps/web/app/allowed.tsx', "import { x } from '@gdbench/benchmark/tasks';\nimport React from 'react';"],
  ['apps/web/submit/allowed.ts', "import { x } from '@gdbench/storage/checkpoint-files';"],
  ['apps/web/board/allowed.test.ts', "import { x } from './order.ts';\nimport { expect } from 'vitest';"],
  ['apps/api/board/allowed.ts', "import type { x } from '@gdbench/prisma/leaderboard';\nimport { z } from 'zod';"],
  ['apps/api/board/allowed.test.ts', "import { x } from '../../../test/support/folder.ts';"],
  ['apps/api/live/allowed.ts', "new Worker(new URL('./topic.ts', import.meta.url));"],
  ['apps/cli/data/allowed.ts', "export const x = () => import('@gdbench/workers/engine/reduce');"],
  ['apps/cli/data/allowed.test.ts', "import { x } from '@gdbench/prisma/submissions';"],
  [
    'workers/stages/allowed.ts',
    "import { x } from '@gdbench/prisma/shards';\nimport { y } from '../engine/in-order.ts';",
  ],
  [
    'workers/engine/allowed.ts',
    "import { x } from '@gdbench/storage/manifest';\nimport { y } from '@gdbench/benchmark/load';",
  ],
  ['workers/engine/runtime/session.ts', "import * as ort from 'onnxruntime-node';"],
  ['bench/bare-thread.ts', "import * as ort from 'onnxruntime-node';"],
  ['prisma/allowed.ts', "import pg from 'pg';\nimport type { TaskName } from '@gdbench/benchmark/task';"],
  ['setup/postgres/running.ts', "import pg from 'pg';"],
  ['builtin/data/allowed.mjs', "import { x } from '@gdbench/workers/engine/evaluate';"],
  ['packages/storage/allowed.ts', "import { readFile } from 'node:fs/promises';\nimport { x } from './manifest.ts';"],
];

const PLANTED = [...FORBIDDEN, ...ALLOWED, HALF];

const root = newFolder();
let breaches: Breach[];

/** The sources as they are, of which git lists the planted ones alone, so that only these and what they import is read. */
beforeAll(async () => {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' });
  const listed = execFileSync('git', ['ls-files', '-z', '--', '*.ts', '*.tsx', '*.mjs', '*package.json'], {
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter(Boolean)) cpSync(file, join(root, file));
  linkPackages();
  for (const [file, code] of PLANTED) writeFileSync(place(file), `${code}\n`);
  git('init', '-q');
  git('add', '-f', '--', ...PLANTED.map(([file]) => file));
  writeFileSync(join(root, '.gitignore'), '*\n');
  breaches = await findBreaches(root);
});

function place(file: string): string {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  return join(root, file);
}

/** As npm would: workspaces by their names, packages where they lie here. */
function linkPackages(): void {
  for (const { name, folder } of readWorkspaces('.').slice(1))
    symlinkSync(join(root, folder), place(`node_modules/${name}`), 'junction');
  for (const name of ['pg', '@prisma/client', 'onnxruntime-node', 'sharp', 'express', 'zod', 'vitest', 'react'])
    symlinkSync(resolve('node_modules', name), place(`node_modules/${name}`), 'junction');
}

const rulesFor = (file: string) => breaches.filter((breach) => breach.file === file).map(({ rule }) => rule);

test.each(FORBIDDEN)('%s may not hold %s', (file, _, rule) => {
  expect(rulesFor(file)).toContain(rule);
});

test.each(ALLOWED)('%s may hold %s', (file) => {
  expect(rulesFor(file)).toEqual([]);
});

describe('what the check does not see', () => {
  const sources = ['setup/step.ts', 'setup/fault.ts'];

  test.each([[[]], [['setup/step.ts']]])('is refused where it sees %j', (seen) => {
    const modules = seen.map((source) => ({ source, dependencies: [] }));
    const missed = unseen('.', sources, modules).filter(({ sentence }) => sentence.includes('does not see'));
    expect(missed.map(({ file }) => file)).toEqual(sources.filter((file) => !seen.includes(file)));
  });

  test('is refused where it lists a file and reads nothing in it', () => {
    const modules = sources.map((source) => ({ source, dependencies: [] }));
    expect(unseen('.', sources, modules).map(({ file, rule }) => `${file}: ${rule}`)).toContain(
      'setup/step.ts: all is seen',
    );
  });

  test('is refused where git lists nothing', () => {
    expect(unseen('.', [], [])).toHaveLength(1);
  });
});
