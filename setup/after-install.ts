import { sentence } from './fault.ts';
import { buildWeb, compile, generateCode } from './prepare.ts';

// Run by npm after each install, so that what is installed is ready to start.
await generateCode();
await compile();
// a machine that only scores needs no pages, and `npm start` tries again
await buildWeb().catch((error) => console.error(`The web pages could not be built. ${sentence(error)}`));
