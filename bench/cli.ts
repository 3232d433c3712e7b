import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';

/*
 * npm run bench:cli: how long starts of `npx gdbench` take, beside those of Node and of npx alone; each in turn, so that what
 * else the machine does meets all alike. With --json the last line is one object.
 */

const ROUNDS = 11;
const NOBODY = ['--server', 'http://127.0.0.1:1'];
const FOLDER = join(ROOT, 'builtin/checkpoints/toy-clip');
const npx = ['npx', '--no', '--'];
/** A command that does nothing, where npx finds `gdbench`. */
const NOTHING = join(ROOT, 'node_modules/.bin/gdbench-nothing');
/** As a terminal has it: the machine's own Node, not one that was fetched for us. */
const PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.startsWith(join(ROOT, '.node')))
  .join(delimiter);
const env = Object.fromEntries(Object.entries({ ...process.env, PATH }).filter(([name]) => !name.startsWith('npm_')));

/** What is started, up to where a command would wait for somebody: for a server, for a folder's bytes. */
const STARTS: Record<string, readonly string[]> = {
  'node alone': ['node', '-e', '0'],
  'npx alone': [...npx, 'gdbench-nothing'],
  'npx gdbench --version': [...npx, 'gdbench', '--version'],
  'npx gdbench --help': [...npx, 'gdbench', '--help'],
  'npx gdbench list': [...npx, 'gdbench', 'list', ...NOBODY],
  'npx gdbench status ID': [...npx, 'gdbench', 'status', 'x', ...NOBODY],
  'npx gdbench watch ID': [...npx, 'gdbench', 'watch', 'x', ...NOBODY],
  'npx gdbench submit DIR': [...npx, 'gdbench', 'submit', FOLDER, ...NOBODY],
  'npx gdbench evaluate --help': [...npx, 'gdbench', 'evaluate', '--help'],
  'npx gdbench data verify --help': [...npx, 'gdbench', 'data', 'verify', '--help'],
};

function milliseconds([command = '', ...args]: readonly string[]): number {
  const began = performance.now();
  const { error } = spawnSync(command, args, { cwd: ROOT, env, stdio: 'ignore', shell: process.platform === 'win32' });
  if (error) throw error;
  return performance.now() - began;
}

const taken = new Map(Object.keys(STARTS).map((name) => [name, [] as number[]]));
writeFileSync(NOTHING, '#!/bin/sh\n', { mode: 0o755 });
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, command] of Object.entries(STARTS)) taken.get(name)?.push(milliseconds(command));
} finally {
  rmSync(NOTHING);
}

const median: Record<string, number> = {};
console.log(`Milliseconds of ${ROUNDS} starts each, in turn:\n`);
console.log(`${'start'.padEnd(32)}${'median'.padStart(8)}${'least'.padStart(8)}${'most'.padStart(8)}`);
for (const [name, times] of taken) {
  times.sort((a, b) => a - b);
  const figures = [times[(ROUNDS - 1) / 2], times[0], times.at(-1)].map((time) => Math.round(time ?? 0));
  median[name] = figures[0] ?? 0;
  console.log(name.padEnd(32) + figures.map((figure) => String(figure).padStart(8)).join(''));
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ milliseconds: median }));
