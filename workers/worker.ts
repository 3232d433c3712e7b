import { runWorker } from './runner/main.ts';
import { readSettings, SettingsFault } from './runner/settings.ts';

try {
  await runWorker(readSettings(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof SettingsFault ? 2 : 1);
}
