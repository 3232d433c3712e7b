import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
/** Generators are commands, which a shell has to find, and run by the Node that runs us. */
const commands = [join(cli, '../../../.bin'), dirname(process.execPath)];

/**
 * Runs the Prisma CLI to its end with our WebAssembly schema engine, so that nothing is downloaded.
 *
 * @param {string[]} args e.g. ['migrate', 'deploy']
 * @param {string} [databaseUrl] absent for commands that need no database
 * @returns {Promise<{ code: number, output: string }>} exit status, and stdout and stderr together
 */
export function runPrisma(args, databaseUrl) {
  const child = spawn(process.execPath, [cli, ...args, '--config', here('../prisma.config.ts')], {
    cwd: here('..'),
    env: {
      ...process.env,
      PATH: [...commands, process.env.PATH].join(delimiter),
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      PRISMA_SCHEMA_ENGINE_BINARY: here('schema-engine.mjs'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
