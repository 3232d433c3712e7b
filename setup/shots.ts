import { SHOTS } from '../test/support/screenshot.ts';
import { runTests } from './run-tests.ts';

/** The page tests once more, which leave pictures of what they look at in test-results/screenshots. */
const PAGES = ['leaderboard-page', 'keyboard', 'refusal-page'].map((name) => `test/flow/${name}.test.ts`);

await runTests([...PAGES, ...process.argv.slice(2)], { [SHOTS]: '1' });
