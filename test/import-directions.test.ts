import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FORBIDDEN = [
  ['apps/web/app/page.tsx', '@gdbench/prisma/database'],
  ['apps/web/submit/send.ts', '@gdbench/storage/storage'],
  ['apps/api/graphql/leaderboard.ts', '@gdbench/workers/engine/evaluate'],
  ['apps/api/graphql/tasks.ts', '../../../workers/engine/evaluate.ts'],
  ['apps/api/upload/uploads.ts', 'onnxruntime-node'],
  ['apps/api/live/hub.ts', 'pg'],
  ['workers/engine/evaluate.ts', '@gdbench/prisma/shards'],
  ['workers/engine/image.ts', '@gdbench/storage/storage'],
  ['workers/engine/diffusion/diffusion.ts', 'onnxruntime-node'],
  ['workers/stages/score/score.ts', '@gdbench/api/server'],
  ['packages/benchmark/metrics/accuracy.ts', '@gdbench/storage/storage'],
  ['packages/storage/storage.ts', '@gdbench/benchmark/task'],
] as const;

const ALLOWED = [
  ['apps/web/app/tasks.tsx', '@gdbench/benchmark/tasks'],
  ['apps/web/submit/folder.ts', '@gdbench/storage/checkpoint-files'],
  ['apps/api/graphql/board.ts', '@gdbench/prisma/leaderboard'],
  ['workers/stages/inspect/inspect.ts', '@gdbench/prisma/inspection'],
  ['workers/engine/score.ts', '@gdbench/benchmark/load'],
  ['workers/engine/folder.ts', '@gdbench/storage/manifest'],
  ['workers/engine/runtime/session.ts', 'onnxruntime-node'],
  ['packages/benchmark/load/entries.ts', '../../leftover.ts'],
  ['packages/storage/junk.ts', '../leftover.ts'],
] as const;

const root = mkdtempSync(join(tmpdir(), 'gdbench-lint-'));
let faults: Set<string>;

beforeAll(() => {
  const config = JSON.parse(readFileSync('biome.json', 'utf8'));
  writeFileSync(join(root, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const [file, specifier] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `import { x } from '${specifier}';\n\nexport const y = x;\n`);
  }
  const biome = resolve('node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: root,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
  const restricted = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports');
  faults = new Set(restricted.map(({ location }) => location.path));
});
afterAll(() => rmSync(root, { recursive: true }));

test.each(FORBIDDEN)('%s may not import %s', (file) => {
  expect(faults).toContain(file);
});

test.each(ALLOWED)('%s may import %s', (file) => {
  expect(faults).not.toContain(file);
});
