import './node-version.mjs';

await import('./dependencies.mjs').then(({ installDependencies }) => installDependencies());
await import('tsx/esm/api').then(({ register }) => register());
await import('./test-nodes.ts').then(({ testNodes }) => testNodes());
