import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { z } from 'zod';
import { SetupFault } from './fault.ts';

const RESULTS = join(ROOT, 'test-results');
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

export interface Run {
  /** The Node to run under. */
  readonly node: string;
  /** What the report is called, without its ending. */
  readonly name: string;
  /** Arguments for Vitest: a file, -t "name". */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Totals {
  readonly passed: number;
  /** A file that could not be loaded, or an error outside any test, counts as a failure. */
  readonly failed: number;
  /** What Vitest ended with. */
  readonly code: number;
}

/** @throws SetupFault when Vitest ends without a report. */
export async function runVitest(run: Run): Promise<Totals> {
  const file = join(RESULTS, `${run.name}.json`);
  rmSync(file, { force: true });
  mkdirSync(RESULTS, { recursive: true });
  const code = await ended(run, file);
  if (!existsSync(file)) throw new SetupFault('The tests ended before they could report: the output above says why.');
  const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = Math.max(report.numFailedTests + unloaded.length, code === 0 ? 0 : 1);
  return { passed: report.numPassedTests, failed, code };
}

function ended({ node, words, env }: Run, file: string): Promise<number> {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...words];
  const child = spawn(node, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  // the terminal sends Ctrl-C to Vitest too, which ends its workers and servers; we wait for it
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
      resolve(code ?? 130);
    }),
  );
}

/** As scripts read them, alone on the last line. */
export function totalsLine({ passed, failed }: Pick<Totals, 'passed' | 'failed'>): string {
  return `${passed} passed, ${failed} failed`;
}
