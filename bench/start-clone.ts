import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Clone {
  readonly folder: string;
  /** Full hash of the commit that it holds. */
  readonly commit: string;
  /** Files in which the working tree differs from the commit: changed, gone, or new and not ignored. */
  readonly differing: number;
}

/**
 * Clones the repository's HEAD into a folder that is not there yet and links into it what is installed in the working tree:
 * what a newcomer has after `git clone` and `npm ci`, but for that command's last step (`endInstall`). Nothing that the
 * working tree has generated, built or drawn is taken along. The files below node_modules are hard links, which only `npm`
 * would write to, and that makes new ones; so both folders must be on one disk.
 * @throws the signal's reason when it is aborted, leaving what is there so far.
 */
export async function cloneInstalled(repository: string, folder: string, signal: AbortSignal): Promise<Clone> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await execute('git', ['-C', repository, ...args], { signal, maxBuffer: 2 ** 26 });
    return stdout.trim();
  };
  try {
    await git('clone', '--quiet', '.', folder);
    const commit = await execute('git', ['-C', folder, 'rev-parse', 'HEAD']).then(({ stdout }) => stdout.trim());
    const status = await git('status', '--porcelain', '--untracked-files=all');
    for (const workspace of await workspacesOf(folder)) {
      const installed = join(repository, workspace, 'node_modules');
      if (existsSync(installed))
        await linkTree(installed, join(folder, workspace, 'node_modules'), isOfInstall, signal);
    }
    return { folder, commit, differing: status === '' ? 0 : status.split('\n').length };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * Runs what npm runs at the end of each install, in a clone as `cloneInstalled` leaves it: it generates the code and builds the
 * pages.
 * @throws the signal's reason when it is aborted.
 */
export async function endInstall(folder: string, signal: AbortSignal): Promise<void> {
  await execute('npm', ['run', 'prepare'], { cwd: folder, signal }).catch((error) => {
    signal.throwIfAborted();
    throw error;
  });
}

/** The repository's root and the folders of its workspaces, each of which may have a node_modules. */
async function workspacesOf(folder: string): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  return Object.keys(packages).filter((path) => !path.includes('node_modules'));
}

const OF_INSTALL = new Set(['.bin', '.package-lock.json', '.gdbench-dependencies']);

/** Whether an entry of node_modules is what an install leaves, and not a tool's stamps or cache. */
function isOfInstall(name: string): boolean {
  return !name.startsWith('.') || OF_INSTALL.has(name);
}

async function linkTree(
  from: string,
  to: string,
  isWanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!isWanted(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target, () => true, signal);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target);
  }
}
