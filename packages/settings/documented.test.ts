import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { each } from '../../test/support/each.ts';
import { ROOT } from './root.ts';
import { ALL } from './settings.ts';
import { VARIABLES } from './variables.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const WEB = 'apps/web/server/settings.ts';

/** Cells of the rows of a page that begin with a name of a variable. */
function rowsOf(page: string): string[][] {
  const lines = read(page).match(/^\| `[A-Z_]+`.*\|$/gm) ?? [];
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('docs/settings.md says of each variable what its declaration says, and names no other but those of the pages', () => {
  const rows = rowsOf('docs/settings.md');
  const own = rows.filter((cells) => cells.length === 4);
  const declared = ALL.map((name) => [name, VARIABLES[name]] as const);
  expect(own).toEqual(
    declared.map(([name, { means, expected, otherwise }]) => [`\`${name}\``, means, expected, otherwise]),
  );
  const ofWeb = new Set([...read(WEB).matchAll(/\benv\.([A-Z_]+)/g)].map(([, name]) => name!));
  for (const name of ALL) ofWeb.delete(name);
  const others = rows.filter((cells) => cells.length !== 4).map(([name]) => name);
  expect([...others].sort()).toEqual([...ofWeb].map((name) => `\`${name}\``).sort());
  expect(ofWeb.size).toBeGreaterThan(0);
});

test('the README names no setting that there is not', () => {
  const table = (read('README.md').match(/^\| `[A-Z_]+`.*$/gm) ?? []).join('\n');
  const named = [...table.matchAll(/`([A-Z_]{4,})`/g)].map(([, name]) => name!);
  expect(named).toContain('DATABASE_URL');
  for (const name of each(named)) expect(ALL).toContain(name);
});

/** Who else reads the environment, and what: no settings of ours. */
const ELSEWHERE: Readonly<Record<string, RegExp>> = {
  [WEB]: /^(API_URL|API_PORT|PUBLIC_API_URL|BUILTIN_CHECKPOINTS)$/,
  'packages/settings/settings.ts': /^$/,
  // Next.js says so in which mode it runs
  'apps/web/proxy.ts': /^NODE_ENV$/,
  // a word from one process of ours to another
  'packages/benchmark/load/arrival.ts': /^GDBENCH_DATA_AWAITED$/,
  // of the object store's own client
  'packages/storage/s3.ts': /^AWS_REGION$/,
  // of Prisma's command line, which set-up calls
  'prisma/prisma.config.ts': /^DATABASE_URL$/,
  // of Node's own
  'packages/launcher/launch.mjs': /^NODE_COMPILE_CACHE$/,
  // of the Vulkan loader
  'workers/engine/runtime/device.ts': /^VK_ICD_FILENAMES$/,
};

test('no file reads a variable past the settings', () => {
  const files = execFileSync(
    'git',
    ['ls-files', 'apps', 'builtin', 'packages', 'prisma', 'setup', 'workers', 'bench'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  const sources = files.split('\n').filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\btest\b/.test(file));
  expect(sources.length).toBeGreaterThan(400);
  const past = sources.flatMap((file) =>
    [...read(file).matchAll(/\bprocess\.env\??\.([A-Za-z_]+)|\bprocess\.env\[|\benv\b[^=;]*\} = process\b/g)]
      .filter(([, name]) => name === undefined || (!/^(npm_|PATH$)/.test(name) && !ELSEWHERE[file]?.test(name)))
      .map(([found]) => `${file}: ${found}`)
      .filter((found) => !found.startsWith(`${WEB}: env }`)),
  );
  expect(past).toEqual([]);
});
