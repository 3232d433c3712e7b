import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gdbench-typescript-'));
});
afterEach(() => rm(folder, { recursive: true }));

const HOOK = pathToFileURL('apps/cli/typescript.mjs').href;

/** What a fresh Node prints that imports the folder's main.ts. */
function printed(): string {
  const main = pathToFileURL(join(folder, 'main.ts')).href;
  const code = `const { register } = await import('${HOOK}'); register(); await import('${main}');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return stdout + stderr;
}

test('a source is run as it stands, each time, also after it has changed', async () => {
  const salt = `${process.pid} ${Date.now()}`;
  const main = (suffix: string) =>
    `import { type Part, part } from './part.ts';\nconst one: Part = part;\nconsole.log(one.of${suffix}); // ${salt}\n`;
  await writeFile(join(folder, 'main.ts'), main(''));
  const part = (of: string) =>
    `export interface Part { readonly of: string }\nexport const part: Part = { of: '${of}' };\n`;
  await writeFile(join(folder, 'part.ts'), part('first'));
  expect([printed(), printed()]).toEqual(['first\n', 'first\n']);
  await writeFile(join(folder, 'part.ts'), part('second'));
  expect(printed()).toBe('second\n');
  await writeFile(join(folder, 'main.ts'), main('.length satisfies number'));
  expect(printed()).toBe('6\n');
});

/** Says on stderr which modules are asked for. */
const LISTEN = `
  import module from 'node:module';
  const listening = (text) => 'data:text/javascript,' + encodeURIComponent(text);
  module.register(listening(\`
    import { writeSync } from 'node:fs';
    export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      writeSync(2, 'loaded ' + found.url + '\\\\n');
      return found;
    }\`));`;

test.each([
  [['--version']],
  [['--help']],
  [['list', '--server', 'http://127.0.0.1:1']],
  [['status', 'x', '--server', 'http://127.0.0.1:1']],
  [['watch', 'x', '--server', 'http://127.0.0.1:1']],
  [['cancel', 'x', '--server', 'http://127.0.0.1:1']],
  [['evaluate', '--help']],
  [['data', 'verify', '--help']],
])('gdbench %j loads nothing of the engine, the database or a compiler', (words) => {
  const listen = `data:text/javascript,${encodeURIComponent(LISTEN)}`;
  const { stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--import', listen, 'apps/cli/gdbench.mjs', ...words],
    {
      encoding: 'utf8',
    },
  );
  const loaded = [...stderr.matchAll(/^loaded (\S+)$/gm)].map(([, url]) => url ?? '');
  expect(loaded.some((url) => url.endsWith('/apps/cli/gdbench.ts'))).toBe(true);
  expect(
    loaded.filter((url) => /\/workers\/|\/prisma\/|\/builtin\/|onnxruntime|sharp|zod|tsx|esbuild|graphql-ws/.test(url)),
  ).toEqual([]);
});
