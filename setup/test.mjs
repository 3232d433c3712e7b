import './node-version.mjs';

await import('./dependencies.mjs').then(({ installDependencies }) => installDependencies());
await import('tsx/esm/api').then(({ register }) => register());
await import('./test.ts').then(({ test }) => test(process.argv.slice(2)));
