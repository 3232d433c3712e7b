import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runMigrations } from 'graphile-worker';
import { askEngine, EngineFault } from './engine/ask.mjs';

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));
const LOCK_FILE = 'migration_lock.toml';
/** Of each migration. */
const SCRIPT = 'migration.sql';
/** Letters of the engine's own words that are told. */
const LONGEST = 500;

/** Names of the committed migrations, the first one first. */
export function committed(): string[] {
  return readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Lets the schema engine apply those of these migrations that the database does not have, as `prisma migrate deploy` does.
 *
 * @throws Error with one sentence
 */
export async function applyMigrations(url: string, names: readonly string[] = committed()): Promise<void> {
  try {
    await askEngine(url, 'applyMigrations', {
      migrationsList: {
        baseDir: MIGRATIONS,
        lockfile: { path: LOCK_FILE, content: readFileSync(join(MIGRATIONS, LOCK_FILE), 'utf8') },
        shadowDbInitScript: '',
        migrationDirectories: names.map((path) => ({
          path,
          migrationFile: {
            path: SCRIPT,
            content: { tag: 'ok', value: readFileSync(join(MIGRATIONS, path, SCRIPT), 'utf8') },
          },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    const why = error.message.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
    const code = error.code === null ? '' : ` (${error.code})`;
    throw new Error(`The database could not be migrated${code}: ${why}`);
  }
}

/** Brings the tables of the queue library to what the library needs. */
export async function applyQueueMigrations(url: string): Promise<void> {
  await runMigrations({ connectionString: url });
}
