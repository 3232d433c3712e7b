import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Binaries, type Owner, run, versionOf } from './binaries.ts';

/** Where root keeps what the user "postgres" must reach when the project lies in a folder closed to others. */
const OPEN_PLACE = '/var/lib/gdbench';

/** Where the data lies and which programs serve it: both can be reached by the user that PostgreSQL runs as. */
export interface Place {
  readonly data: string;
  readonly binaries: Binaries;
}

export async function findPlace(dir: string, binaries: Binaries, owner: Owner | undefined): Promise<Place> {
  const data = join(dir, 'data');
  if (!owner) return { data, binaries };
  await chmod(dir, 0o711);
  return {
    data: (await canReach(dir, owner)) ? data : await dataElsewhere(dir),
    binaries: (await canReach(binaries.postgres, owner)) ? binaries : await binariesElsewhere(binaries),
  };
}

const canReach = (path: string, owner: Owner) => passes('-x', path, owner);

/** What the shell's own test says of a path to the user that PostgreSQL runs as. */
function passes(flag: '-x' | '-w', path: string, owner: Owner): Promise<boolean> {
  return run('/bin/sh', ['-c', `test ${flag} "$1"`, 'sh', path], { owner, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** Whether the user that PostgreSQL runs as may write to a data folder; one that is not there yet is made by us. */
export async function mayWrite(data: string, owner: Owner | undefined): Promise<boolean> {
  if (!existsSync(data)) return true;
  if (owner) return passes('-w', data, owner);
  return access(data, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Where the data of `dir` were put, if they were: in it, or elsewhere. */
export async function dataFolder(dir: string): Promise<string> {
  const pointer = pointerIn(dir);
  return existsSync(pointer) ? (await readFile(pointer, 'utf8')).trim() : join(dir, 'data');
}

const pointerIn = (dir: string) => join(dir, 'data-is-in');

/** A folder of its own, whose name stands in `dir`, so that a new `dir` gets new data. */
async function dataElsewhere(dir: string): Promise<string> {
  const pointer = pointerIn(dir);
  if (existsSync(pointer)) return dataFolder(dir);
  const elsewhere = join(OPEN_PLACE, randomUUID());
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  await writeFile(pointer, `${join(elsewhere, 'data')}\n`);
  return join(elsewhere, 'data');
}

/** One copy of the programs a machine and version. */
async function binariesElsewhere(binaries: Binaries): Promise<Binaries> {
  const native = dirname(dirname(binaries.postgres));
  const version = await versionOf(binaries);
  const copy = join(OPEN_PLACE, `postgres-${version}`);
  if (!existsSync(copy)) {
    const temporary = `${copy}.${randomUUID()}`;
    await mkdir(OPEN_PLACE, { recursive: true, mode: 0o755 });
    await cp(native, temporary, { recursive: true, verbatimSymlinks: true });
    await chmod(temporary, 0o755);
    // another process may have been first
    await rename(temporary, copy).catch(() => rm(temporary, { recursive: true, force: true }));
  }
  const inCopy = (path: string) => join(copy, 'bin', basename(path));
  return { initdb: inCopy(binaries.initdb), pg_ctl: inCopy(binaries.pg_ctl), postgres: inCopy(binaries.postgres) };
}
