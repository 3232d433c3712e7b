import { resolve } from 'node:path';
import { sentence } from './fault.ts';
import { packCli } from './pack-cli.ts';

// npm run pack:cli [-- FOLDER]: the command line as a package's file, by default in this folder.
await packCli(resolve(process.argv[2] ?? '.')).then(console.log, (error) => {
  console.error(sentence(error));
  process.exitCode = 1;
});
