import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

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
])('gdbench %j loads nothing of the engine or the database', (words) => {
  const listen = `data:text/javascript,${encodeURIComponent(LISTEN)}`;
  const args = ['--no-warnings', '--import', listen, 'apps/cli/gdbench.mjs', ...words];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const loaded = [...stderr.matchAll(/^loaded (\S+)$/gm)].map(([, url]) => url ?? '');
  expect(loaded.some((url) => url.endsWith('/apps/cli/gdbench.ts'))).toBe(true);
  expect(loaded.filter((url) => /\/workers\/|\/prisma\/|\/builtin\/|onnxruntime|sharp|graphql-ws/.test(url))).toEqual(
    [],
  );
});
