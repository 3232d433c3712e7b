import { sentence } from './fault.ts';
import { buildWeb, dataRoot, generateCode } from './prepare.ts';
import { step } from './step.ts';
import { runVitest, totalsLine } from './vitest.ts';

/** Sets everything up, runs tests and ends the process; the words go to Vitest (a file, -t "name"), none: all tests. */
export async function runTests(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<void> {
  try {
    await generateCode();
    await buildWeb();
    const { root, drawing } = await dataRoot();
    await drawing?.done;
    const { findBrowser } = await import('../test/support/browser.ts');
    const browser = await step('Browser: finding one for the page tests', () => findBrowser());
    const env = { ...more, GDBENCH_DATA: root, CHROMIUM_PATH: browser.path };
    const totals = await runVitest({ node: process.execPath, name: 'vitest', words, env });
    console.log(totalsLine(totals));
    process.exit(totals.code);
  } catch (error) {
    console.error(sentence(error));
    process.exit(1);
  }
}
