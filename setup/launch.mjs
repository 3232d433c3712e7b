// node setup/launch.mjs ENTRY [WORD ...]: every npm script begins here. Plain JavaScript: it runs on an old Node, before anything is
// installed, and then runs the entry on one that imports TypeScript, with all that package-lock.json names.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { underSupportedNode } from '../packages/launcher/launch.mjs';

await underSupportedNode();
// what npm runs at an install's end runs before that end
if (process.env.npm_lifecycle_event !== 'prepare') {
  const { installDependencies } = await import('./dependencies.ts');
  await installDependencies();
}
process.argv.splice(1, 2, resolve(process.argv[2]));
await import(pathToFileURL(process.argv[1]).href);
