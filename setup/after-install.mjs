import './node-version.mjs';

// Run by npm after each install, so that what is installed is ready to start.
await import('tsx/esm/api').then(({ register }) => register());
const { buildWeb, generateCode } = await import('./prepare.ts');
const { sentence } = await import('./fault.ts');
await generateCode();
// a machine that only scores needs no pages, and `npm start` tries again
await buildWeb().catch((error) => console.error(`The web pages could not be built. ${sentence(error)}`));
