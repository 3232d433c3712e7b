import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Results } from '@gdbench/benchmark/results';
import { buildData } from '../data/build.ts';
import { builtinDataRoot } from '../data/root.ts';

const FOLDER = import.meta.dirname;
const CLI = path.resolve(FOLDER, '../../apps/cli/gdbench.mjs');
/** Below this line of a model card stand figures, above it what training knew (card.py writes the same mark). */
const MARK = '<!-- measured -->';

/** Metrics of parts of a task, such as winoground's tags, have a dot; those of bias do too, and are shown. */
function isMain(task: string, metric: string): boolean {
  return task.endsWith('bias') || !metric.includes('.');
}

/** Three digits; a p-value that would read 0.000 is not nought. */
function digits(value: number, metric = ''): string {
  const rounded = value.toFixed(3);
  return metric.endsWith('p_value') && rounded === '0.000' ? '<0.001' : rounded;
}

/** The lower part of a model card: what `gdbench evaluate` measured, on which data (the board's hash), with which command. */
function measuredPart(results: Results, command: string): string {
  const sampled = results.samples === null ? '' : `, ${results.samples} samples, seed ${results.seed}`;
  const rows = Object.entries(results.tasks).flatMap(([task, { n, metrics, intervals, chance }]) =>
    Object.entries(metrics).flatMap(([metric, value]) => {
      if (!isMain(task, metric)) return [];
      const [low, high] = intervals[metric] ?? [];
      const interval = low === undefined || high === undefined ? '' : `${digits(low)} to ${digits(high)}`;
      const level = chance[metric] === undefined ? '' : digits(chance[metric]);
      return [
        `| ${task} | ${metric} | ${value === null ? 'undefined' : digits(value, metric)} | ${interval} | ${level} | ${n} |`,
      ];
    }),
  );
  const { name, version, sha256 } = results.dataSet;
  return `${MARK}
## Measured

Protocol ${results.protocol}${sampled}, on the data set ${name}-${version} (sha256 ${sha256?.slice(0, 16)}), by
\`${command}\`, code ${results.codeVersion}.
A large effect size is evidence of bias; a small one is not evidence of fairness.

| task | metric | value | 95% interval | chance | n of the task |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Goes on with what an interrupted run left: the full budget takes a while. */
async function evaluate(name: string, data: string, samples: string): Promise<Results> {
  const out = path.resolve(data, '../../measured', `${name}-${samples}`);
  await mkdir(out, { recursive: true });
  const settings = ['--data', data, '--samples', samples, '--out', out, '--resume'];
  const child = spawn(process.execPath, [CLI, 'evaluate', path.join(FOLDER, name), ...settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`gdbench evaluate of ${name} ended with code ${code}.`);
  const results = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8')) as Results;
  await rm(out, { recursive: true });
  return results;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { samples: { type: 'string', default: '250' } },
  });
  const data = builtinDataRoot();
  await buildData(data);
  const names =
    positionals.length > 0 ? positionals : (await readdir(FOLDER)).filter((name) => name.startsWith('toy-'));
  for (const name of names) {
    const results = await evaluate(name, data, values.samples);
    const card = path.join(FOLDER, name, 'README.md');
    const above = (await readFile(card, 'utf8')).split(MARK)[0]!.trimEnd();
    const command = `npm run checkpoints:measure -- ${name} --samples ${values.samples}`;
    await writeFile(card, `${above}\n\n${measuredPart(results, command)}`);
    console.log(`measured ${name}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
