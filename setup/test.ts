import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SetupFault, sentence } from './fault.ts';
import { ROOT } from './home.ts';
import { buildWeb, dataRoot, generateCode } from './prepare.ts';
import { step } from './step.ts';

const REPORT = join(ROOT, 'test-results/vitest.json');
const Totals = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Sets everything up and runs all tests; extra words go to Vitest (a file, -t "name"). */
export async function test(words: string[]): Promise<void> {
  try {
    await generateCode();
    await buildWeb();
    const { root, drawing } = await dataRoot();
    await drawing?.done;
    const { findBrowser } = await import('../test/support/browser.ts');
    const browser = await step('Browser: finding one for the page tests', () => findBrowser());
    const code = await runVitest(words, { GDBENCH_DATA: root, CHROMIUM_PATH: browser.path });
    printTotals(code);
    process.exit(code);
  } catch (error) {
    console.error(sentence(error));
    process.exit(1);
  }
}

function runVitest(words: string[], env: Record<string, string>): Promise<number> {
  rmSync(REPORT, { force: true });
  mkdirSync(join(ROOT, 'test-results'), { recursive: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...words];
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  // the terminal sends Ctrl-C to Vitest too, which ends its workers and servers; we wait for it
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 130)));
}

/** The true totals; a file that could not be loaded, or an error outside any test, counts as a failure. */
function printTotals(code: number): void {
  if (!existsSync(REPORT)) throw new SetupFault('The tests ended before they could report: the output above says why.');
  const report = Totals.parse(JSON.parse(readFileSync(REPORT, 'utf8')));
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = Math.max(report.numFailedTests + unloaded.length, code === 0 ? 0 : 1);
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
}
