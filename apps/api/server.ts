import { dataArrival } from '@gdbench/benchmark/arrival';
import { migrateWhenThere } from '@gdbench/prisma/migrate';
import { SettingsFault } from '@gdbench/settings/fault';
import { type Api, openPlaces, startApi } from './api.ts';
import { type ApiConfig, readConfig } from './config.ts';
import { createLog, logUnexpected } from './log.ts';

const config = configured();
const log = createLog(config.logLevel);

let api: Api | undefined;
let ending = false;
const end = (signal: string) => {
  if (ending) return;
  ending = true;
  log.info({ signal }, 'ending');
  // while it is still waiting for the database there is nothing to close
  if (!api) process.exit(0);
  api.close().then(
    () => process.exit(0),
    (error) => fail(error),
  );
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal));

try {
  const places = await openPlaces(config);
  // whoever starts first brings the database up to date; the others wait for it
  await migrateWhenThere(config.databaseUrl, { onWaiting: (line) => log.warn(line) }).catch((error: Error) => {
    throw new SettingsFault(error.message);
  });
  api = await startApi(config, log, dataArrival(), places);
  process.send?.({ listening: api.port });
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  if (error instanceof SettingsFault) console.error(error.message);
  else console.error(`The API could not go on, which the log has as ${logUnexpected(log, error, 'server')}.`);
  process.exit(1);
}

function configured(): ApiConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
