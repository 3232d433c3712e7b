import { home } from '@gdbench/settings/places';
import { databaseFolder, runningPostgresUrl } from '@gdbench/settings/running-database';
import type { Command } from 'commander';
import { CliFault } from '../fault.ts';

export function register(program: Command): void {
  program
    .command('worker')
    .description('take inspections and shards from a leaderboard, until Ctrl-C')
    .option('--json', 'log lines are JSON always; accepted for the sake of scripts')
    .addHelpText(
      'after',
      `
Settings are environment variables: DATABASE_URL (else the database of a running "npm start"), GDBENCH_HOME,
GDBENCH_STORAGE, GDBENCH_DATA, GDBENCH_BATCH, GDBENCH_THREADS, GDBENCH_DEVICE, GDBENCH_MEMORY_GB,
GDBENCH_EXAMPLE_SECONDS, WORKER_NAME.`,
    )
    .action(worker);
}

async function worker(): Promise<void> {
  const [{ runWorker }, { readSettings, SettingsFault }] = await Promise.all([
    import('@gdbench/workers/main'),
    import('@gdbench/workers/settings'),
  ]);
  try {
    await runWorker(readSettings({ ...process.env, DATABASE_URL: await databaseUrl() }));
  } catch (error) {
    if (error instanceof SettingsFault) throw new CliFault(error.message, 2);
    throw error;
  }
  // runWorker ends the process itself, at a signal
  await new Promise(() => {});
}

/** DATABASE_URL, else the embedded server of an `npm start` that runs on this machine. */
async function databaseUrl(): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const url = await runningPostgresUrl(databaseFolder(home()));
  if (url) return url;
  throw new CliFault('No database: set DATABASE_URL, or start the platform on this machine with "npm start" first.', 2);
}
