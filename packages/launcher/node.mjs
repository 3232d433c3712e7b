// Plain JavaScript without any dependency: it runs on an old Node, before anything is installed.
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest Node that imports TypeScript by itself. */
const OLDEST = [22, 18];
/** The checkout's folder of Nodes that were fetched; git ignores it. */
const FETCHED = fileURLToPath(new URL('../../.node/', import.meta.url));
/** One more attempt, soon: npm's own would wait for minutes in silence. */
const FEW_RETRIES = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=2000'];

/** A Node of a major version could not be had; the message is a sentence without its end. */
export class NodeFault extends Error {}

/**
 * @param {string} version such as "24.21.0"
 * @returns {boolean} whether a Node of this version runs the project.
 */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** "22.18", as sentences name it. */
export const oldestSupported = OLDEST.join('.');

/**
 * The Node of a major version that was fetched before.
 *
 * @param {number} major
 * @returns {{ path: string, version: string } | null} null where there is none.
 */
export function fetchedNode(major) {
  return nodeIn(join(FETCHED, String(major)));
}

/**
 * Fetches the newest Node of a major version, the npm package `node`, into the checkout's folder for it (some 190 MB).
 * Whoever fetches the same at the same time does no harm; nothing is left of what broke off.
 *
 * @param {number} major
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ path: string, version: string }>}
 * @throws {NodeFault} when it cannot be had.
 */
export async function fetchNode(major, signal) {
  const folder = join(FETCHED, String(major));
  const draft = join(FETCHED, `.${major}.${process.pid}`);
  try {
    await mkdir(draft, { recursive: true });
    // the script of its that links the executable for this machine must run
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
    // npm hands its own prefix down to the scripts that it runs, this one among them
    const args = ['install', `--prefix=${draft}`, '--no-audit', '--no-fund', '--loglevel=error', ...FEW_RETRIES];
    const { code, output } = await npm([...args, `node@${major}`], draft, { signal });
    if (code !== 0) throw new NodeFault(firstFault(output));
    if (!(await doesRun(executableIn(draft)))) throw new NodeFault('what came does not run here');
    if (!nodeIn(folder)) await rm(folder, { recursive: true, force: true });
    // another one may have been quicker
    await rename(draft, folder).catch(() => undefined);
    const node = nodeIn(folder);
    if (!node) throw new NodeFault(`${folder} is no folder of a Node: remove it`);
    return node;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** It is moved here whole and tried, so that being there is enough; an empty one would end at once, as if all had gone well. */
function nodeIn(folder) {
  const path = executableIn(folder);
  try {
    accessSync(path, constants.X_OK);
    if (statSync(path).size === 0) return null;
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/node/package.json'), 'utf8'));
    return { path, version };
  } catch {
    return null;
  }
}

function executableIn(folder) {
  return join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function doesRun(path) {
  return new Promise((resolve) => execFile(path, ['--version'], (error) => resolve(!error)));
}

/**
 * Runs npm in a folder to its end.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @param {{ env?: Record<string, string>, signal?: AbortSignal | undefined }} [options]
 * @returns {Promise<{ code: number | null, output: string }>} what it printed: the last 20,000 characters of it.
 */
export function npm(args, cwd, { env = {}, signal } = {}) {
  return new Promise((resolve) => {
    // npm names its own file when it runs us, which also works where `npm` is a shell script (Windows)
    const file = process.env.npm_execpath;
    const [command, first] = file?.endsWith('.js') ? [process.execPath, [file]] : ['npm', []];
    const child = spawn(command, [...first, ...args], { cwd, env: { ...process.env, ...env }, signal });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
      });
    child.on('error', (error) => {
      output += `npm error ${error.message}\n`;
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * @param {string} output of npm
 * @returns {string} its own first line of what went wrong.
 */
export function firstFault(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error') && !line.includes('complete log'));
  const told = lines.find((line) => !/^npm error( (code|syscall|errno|path) .*)?$/.test(line)) ?? lines[0];
  return told?.replace('npm error ', '').trim() ?? 'no reason given';
}

/**
 * @param {string} path of a Node's executable
 * @returns {Record<string, string>} what makes it the Node of every command below.
 */
export function pathWith(path) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return { PATH: `${dirname(path)}${separator}${process.env.PATH ?? ''}` };
}
