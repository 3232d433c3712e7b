import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
// nothing may be installed yet: no package, and of ours no more than Node alone can run
import { firstFault, npm } from '../packages/launcher/node.mjs';

interface LockedPackage {
  readonly version?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.gdbench-dependencies`;
/** What a full install takes, with some room for the build and the database. */
const BYTES_NEEDED = 3e9;

/** npm ends with the number of the system's error, of which a process keeps the last byte. */
const DISK_IS_FULL = 256 - constants.errno.ENOSPC;

/** What an install of this package-lock.json for this Node leaves in the stamp. */
function wantedStamp(): string {
  return createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .update(process.platform + process.arch + process.versions.modules)
    .digest('hex');
}

/** Whether exactly what package-lock.json names is installed: by us, or by `npm ci` by hand. */
export function isInstalled(): boolean {
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wantedStamp();
  const [wanted, there] = [packagesOf('package-lock.json'), packagesOf('node_modules/.package-lock.json')];
  const needed = Object.entries(wanted).filter(([path, { link, optional }]) => isOfOthers(path) && !link && !optional);
  return needed.every(([path, { version }]) => there[path]?.version === version);
}

/** Packages by path, as a lock file lists them; none where there is no such file. */
function packagesOf(file: string): Record<string, LockedPackage> {
  return existsSync(root + file) ? JSON.parse(readFileSync(root + file, 'utf8')).packages : {};
}

function isOfOthers(path: string): boolean {
  return path.includes('node_modules/');
}

/** Installs what package-lock.json names, unless exactly that is installed already. */
export async function installDependencies(): Promise<void> {
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
  // the CUDA files, hundreds of megabytes from another host, are an opt-in (README)
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { code, output } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], root, { env });
  if (code !== 0) {
    const fault =
      code === DISK_IS_FULL
        ? 'the disk is full: free some space'
        : `npm ci ended with ${code}: ${firstFault(output)}; see to that`;
    stop(`The dependencies could not be installed, ${fault} and run the command again.`);
  }
  writeFileSync(stamp, wanted);
  process.stdout.write(`  done in ${Math.round((Date.now() - began) / 1000)} s\n`);
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
