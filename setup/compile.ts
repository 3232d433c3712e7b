import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '@gdbench/settings/root';

/** What `npm start` runs in processes of their own, but for the pages: importing it compiles all that it imports. */
const STARTED = [
  'apps/api/api.ts',
  'workers/runner/run-worker.ts',
  'workers/child/child.ts',
  'builtin/data/build.ts',
  'builtin/data/set-thread.ts',
  'setup/seed.ts',
];

for (const file of STARTED) await import(pathToFileURL(join(ROOT, file)).href);
