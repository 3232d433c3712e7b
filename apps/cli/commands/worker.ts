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
GDBENCH_EXAMPLE_SECONDS, GDBENCH_EDITIONS, GDBENCH_LOG, WORKER_NAME.`,
    )
    .action(worker);
}

async function worker(): Promise<void> {
  const [{ runWorker }, { workerSettings }] = await Promise.all([
    import('@gdbench/workers/run-worker'),
    import('@gdbench/workers/settings'),
  ]);
  await runWorker(workerSettings({ ...process.env, ...(await runningDatabase()) }));
  // runWorker ends the process itself, at a signal
  await new Promise(() => {});
}

/** Where DATABASE_URL is not set, the embedded server of an `npm start` that runs on this machine. */
async function runningDatabase(): Promise<{ DATABASE_URL?: string }> {
  const [{ isSet }, { home }] = await Promise.all([
    import('@gdbench/settings/settings'),
    import('@gdbench/settings/home'),
  ]);
  if (isSet('DATABASE_URL')) return {};
  const url = await runningPostgresUrl(databaseFolder(home()));
  if (url) return { DATABASE_URL: url };
  throw new CliFault('No database: set DATABASE_URL, or start the platform on this machine with "npm start" first.', 2);
}
