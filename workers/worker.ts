import { SettingsFault } from '@gdbench/settings/fault';
import { runWorker } from './runner/run-worker.ts';
import { workerSettings } from './runner/settings.ts';

try {
  await runWorker(workerSettings(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof SettingsFault ? 2 : 1);
}
