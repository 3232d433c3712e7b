import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.gdbench-dependencies`;
/** What a full install takes, with some room for the build and the database. */
const BYTES_NEEDED = 3e9;

/** What an install of this package-lock.json for this Node leaves in the stamp. */
function wantedStamp() {
  return createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .update(process.platform + process.arch + process.versions.modules)
    .digest('hex');
}

/** Whether exactly what package-lock.json names is installed: by us, or by `npm ci` by hand. */
export function isInstalled() {
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wantedStamp();
  const [wanted, there] = [packagesOf('package-lock.json'), packagesOf('node_modules/.package-lock.json')];
  const needed = Object.entries(wanted).filter(([path, { link, optional }]) => isOfOthers(path) && !link && !optional);
  return needed.every(([path, { version }]) => there[path]?.version === version);
}

/** Packages by path, as a lock file lists them; none where there is no such file. */
function packagesOf(file) {
  return existsSync(root + file) ? JSON.parse(readFileSync(root + file, 'utf8')).packages : {};
}

function isOfOthers(path) {
  return path.includes('node_modules/');
}

/** Installs what package-lock.json names, unless exactly that is installed already. */
export async function installDependencies() {
  if (isInstalled()) return;
  const wanted = wantedStamp();
  const disk = statfsSync(root);
  const free = disk.bavail * disk.bsize;
  if (free < BYTES_NEEDED)
    stop(
      `The disk of ${root} has ${(free / 1e9).toFixed(1)} GB free and installing needs about 3 GB: free some space and run the command again.`,
    );
  const began = Date.now();
  process.stdout.write('▸ Dependencies: installing what package-lock.json names (about a minute)\n');
  const { code, output } = await npmCi();
  if (code !== 0) {
    const fault = /ENOSPC/.test(output)
      ? 'the disk is full: free some space'
      : `npm ci ended with ${code}: ${lastLine(output)}; see to that`;
    stop(`The dependencies could not be installed, ${fault} and run the command again.`);
  }
  writeFileSync(stamp, wanted);
  process.stdout.write(`  done in ${Math.round((Date.now() - began) / 1000)} s\n`);
}

function npmCi() {
  // the CUDA files, hundreds of megabytes from another host, are an opt-in (README)
  return npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], root, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
}

/** Runs npm in a folder to its end; what it prints is given back, the last 20,000 characters of it. */
export function npm(args, cwd, env = {}) {
  return new Promise((resolve) => {
    // npm names its own file when it runs us, which also works where `npm` is a shell script (Windows)
    const file = process.env.npm_execpath;
    const [command, first] = file?.endsWith('.js') ? [process.execPath, [file]] : ['npm', []];
    const child = spawn(command, [...first, ...args], { cwd, env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
      });
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** npm's own first line of what went wrong. */
export function lastLine(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error') && !line.includes('complete log'));
  return lines[0]?.replace('npm error ', '') ?? 'no reason given';
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
