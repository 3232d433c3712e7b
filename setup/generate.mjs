import './node-version.mjs';

// Run by npm after each install, so that what is installed is ready to start.
await import('tsx/esm/api').then(({ register }) => register());
await import('./prepare.ts').then(({ generateCode }) => generateCode());
