import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@gdbench/settings/places';
import pRetry from 'p-retry';
import { lastLine, npm } from './dependencies.mjs';
import { SetupFault } from './fault.ts';

export interface Node {
  /** Absolute path of the executable. */
  readonly path: string;
  /** As it tells it itself, such as 24.21.0. */
  readonly version: string;
}

const ATTEMPTS = 3;

/**
 * A Node of a major version: this very one, the one that was fetched before, or else the newest of the npm package `node`, which is
 * fetched into a folder of its own (some 190 MB).
 *
 * @param fetch brings the package into the folder.
 * @param pause milliseconds before the second attempt; twice as many before the third.
 * @throws SetupFault when it can neither be found nor fetched.
 */
export async function nodeOf(major: number, fetch = fetchNode, pause = 2000): Promise<Node> {
  if (Number(process.versions.node.split('.')[0]) === major)
    return { path: process.execPath, version: process.versions.node };
  const folder = join(ROOT, '.node', String(major));
  const path = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const there = await versionOf(path);
  if (there !== null) return { path, version: there };
  const failed = await pRetry(() => fetch(folder, major), { retries: ATTEMPTS - 1, minTimeout: pause }).then(
    () => null,
    (error: Error) => error.message,
  );
  const version = await versionOf(path);
  if (failed === null && version !== null) return { path, version };
  throw new SetupFault(
    `Node ${major} could not be fetched (the npm package \`node\`, ${ATTEMPTS} attempts: ${failed ?? 'it does not run here'}); ` +
      'see to that and run the command again.',
  );
}

async function fetchNode(folder: string, major: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // the script of its that links the executable for this machine must run
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  // npm hands its own prefix down to the scripts that it runs, this one among them
  const args = ['install', `--prefix=${folder}`, '--no-audit', '--no-fund', '--loglevel=error', `node@${major}`];
  const { code, output } = await npm(args, folder);
  if (code !== 0) throw new Error(lastLine(output));
}

/** Null where there is none that runs. */
async function versionOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  return promisify(execFile)(path, ['--version']).then(
    ({ stdout }) => stdout.trim().replace(/^v/, ''),
    () => null,
  );
}
