import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { USER } from '@gdbench/settings/running-database';
import { SetupFault } from '../fault.ts';
import { freePort } from '../port.ts';
import { type Owner, run } from './binaries.ts';
import type { Place } from './place.ts';

const SETTINGS_FILE = 'gdbench.conf';

/** Makes the data folder, whole or not at all: a run that is killed in between leaves no half one. */
export async function createCluster(
  { data, binaries }: Place,
  password: string,
  owner: Owner | undefined,
): Promise<void> {
  const making = `${data}.${randomUUID()}`;
  const passwordFile = `${making}.password`;
  try {
    await mkdir(making, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (owner) for (const path of [making, passwordFile]) await chown(path, owner.uid, owner.gid);
    const flags = [
      '--auth=scram-sha-256',
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
    ];
    await run(binaries.initdb, [`--pgdata=${making}`, ...flags], { owner, cwd: making });
    await appendFile(join(making, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`);
    // another process that starts at the same moment may have been first
    await rename(making, data).catch((error) => {
      if (!existsSync(join(data, 'PG_VERSION'))) throw error;
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(making, { recursive: true, force: true });
  }
}

/** Settings for a laptop that does other things too. */
export async function writeSettings(data: string, port: number, durable: boolean): Promise<void> {
  const settings = {
    listen_addresses: "'127.0.0.1'",
    // a socket's path may be too long, or its folder not ours
    unix_socket_directories: "''",
    port,
    max_connections: 100,
    shared_buffers: "'128MB'",
    logging_collector: 'off',
    log_min_messages: 'warning',
    log_timezone: "'UTC'",
    timezone: "'UTC'",
    // containers often have very little /dev/shm
    dynamic_shared_memory_type: process.platform === 'linux' ? 'mmap' : undefined,
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
  const lines = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${value}\n`],
  );
  await writeFile(join(data, SETTINGS_FILE), lines.join(''));
}

/** The port asked for; else the one of last time, if it is free; else a free one. */
export async function choosePort(asked: number | undefined, memory: string): Promise<number> {
  if (asked !== undefined) {
    if ((await freePort(asked)) === asked) return asked;
    throw new SetupFault(
      `Port ${asked}, asked for by PostgreSQL, is taken by another program: end it, or choose another port.`,
    );
  }
  const remembered = Number(await readFile(memory, 'utf8').catch(() => ''));
  return freePort(remembered > 0 ? remembered : undefined).catch(() => {
    throw new SetupFault('No port is free on 127.0.0.1 for PostgreSQL: end some programs and run the command again.');
  });
}
