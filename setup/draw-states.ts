import { writeFileSync } from 'node:fs';
import { statesPage } from './states-page.ts';

// Draws the states of the flow anew.
writeFileSync('docs/states.md', statesPage());
