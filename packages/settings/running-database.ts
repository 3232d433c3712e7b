import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './alive.ts';

/** The user of the embedded PostgreSQL. */
export const USER = 'gdbench';

/** The folder of the embedded PostgreSQL in a home. */
export const databaseFolder = (home: string): string => join(home, 'postgres');

/** Files in its folder by which others find it while it runs: who started it, where it listens, who may come in. */
export const started = {
  by: (dir: string) => join(dir, 'started-by'),
  port: (dir: string) => join(dir, 'port'),
  password: (dir: string) => join(dir, 'password'),
};

/** The address of the database "gdbench" in it. */
export const urlOf = (password: string, port: number): string =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/gdbench`;

/** The address of the server that a living process (an `npm start`) keeps in this folder; undefined when there is none. */
export async function runningPostgresUrl(dir: string): Promise<string | undefined> {
  const read = (file: (dir: string) => string) => readFile(file(dir), 'utf8').catch(() => '');
  const [starter, port, password] = await Promise.all([read(started.by), read(started.port), read(started.password)]);
  if (!starter || !port || !password || !isAlive(Number(starter))) return undefined;
  return urlOf(password, Number(port));
}
