import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EXACT_PROTOCOLS, type ExactProtocol } from '@gdbench/benchmark/protocol';
import type { Results } from '@gdbench/benchmark/results';
import type { ExampleScores, TaskData, TaskName } from '@gdbench/benchmark/task';
import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { errorsFile } from '../results/errors-file.ts';
import type { TaskResults } from '../results/results.ts';

interface RescoreOptions {
  protocol: string;
  out?: string;
  data?: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('rescore')
    .description('score an evaluation under another protocol from its stored errors, without running the model')
    .argument('<results>', 'the --out folder of a gdbench evaluate that ran with --errors or --keep-all-errors')
    .requiredOption(
      '--protocol <name>',
      'diffusion-itm, -classifier, -itm-unnormalized or -itm-gray, as evaluate has them',
    )
    .option('--out <dir>', 'folder for results.json and scores/ (default: <results>/<protocol>)')
    .option('--data <root>', 'data root that the results were made from (default: GDBENCH_DATA, else the built-in set)')
    .option('--json', 'the results as one JSON object for machines')
    .addHelpText('after', '\nThe scores are those that evaluate gives under that protocol, to the bit.')
    .action(rescore);
}

async function rescore(given: string, options: RescoreOptions): Promise<void> {
  const [{ readResults, taskNames }, { rootOf }, { resultsOf, table, writeResults }] = await Promise.all([
    import('../results/finished.ts'),
    import('../data/root.ts'),
    import('../results/results.ts'),
  ]);
  const protocol = EXACT_PROTOCOLS.find((one) => one === options.protocol);
  if (!protocol)
    throw new CliFault(
      `--protocol ${options.protocol} cannot be had from stored errors: give one of ${EXACT_PROTOCOLS.join(', ')}.`,
      2,
    );
  const [from, out] = [path.resolve(given), path.resolve(options.out ?? path.join(given, protocol))];
  if (from === out) throw new CliFault('--out is the folder of the results themselves: give another.', 2);
  const results = await readResults(from);
  if (results.samples === null)
    throw new CliFault(
      `${from} was scored by ${results.protocol}, which draws no samples: give the --out of an evaluation of a diffusion model.`,
    );
  const root = await rootOf(options.data, options.json === true, taskNames(results));
  const tasks: TaskResults[] = [];
  for (const task of taskNames(results)) tasks.push(await rescoreTask({ from, out, root, results, task, protocol }));
  const { checkpoint, checkpointSha256, samples, seed } = results;
  const rescored = await resultsOf(tasks, { checkpoint, checkpointSha256, protocol, samples, seed });
  await writeResults(out, rescored);
  process.stdout.write(
    options.json ? `${JSON.stringify(rescored)}\n` : `${table(rescored)}\nWritten: ${path.join(out, 'results.json')}\n`,
  );
}

interface Rescoring {
  readonly from: string;
  readonly out: string;
  readonly root: string;
  readonly results: Results;
  readonly task: TaskName;
  readonly protocol: ExactProtocol;
}

async function rescoreTask({ from, out, root, results, task, protocol }: Rescoring): Promise<TaskResults> {
  const [{ loadOf }, { scoresFile }, { summarise }, { writeWhole }] = await Promise.all([
    import('../results/finished.ts'),
    import('../results/results.ts'),
    import('@gdbench/benchmark/summarise'),
    import('../evaluate/partial.ts'),
  ]);
  const data = await loadOf(from, results, root, task);
  const scores: ExampleScores[] = [];
  for await (const one of reduced(errorsFile(from, task), results, data, protocol)) scores.push(one);
  const text = scores.map(({ example, scores: own }) => `${JSON.stringify({ example, scores: own })}\n`).join('');
  await mkdir(path.join(out, 'scores'), { recursive: true });
  await writeWhole(scoresFile(out, task), text);
  return { data, summary: summarise(data, scores) };
}

/** The scores of stored errors, in the order of the examples. @throws CliFault where they were not kept */
async function* reduced(
  file: string,
  results: Results,
  data: TaskData,
  protocol: ExactProtocol,
): AsyncGenerator<ExampleScores> {
  const [{ openErrors }, { NEEDS, reduceErrors }] = await Promise.all([
    import('@gdbench/workers/engine/artifact'),
    import('@gdbench/workers/engine/reduce'),
  ]);
  if (!(await stat(file).catch(() => undefined)))
    throw new CliFault(`${file} is not there: evaluate the checkpoint again, with --keep-all-errors.`);
  const { header, examples } = await openErrors(file, { name: file });
  const others = `${file} holds the errors of another evaluation than results.json tells of: evaluate again.`;
  const fits =
    header.checkpointSha256 === results.checkpointSha256 &&
    header.task === data.task &&
    header.dataVersion === data.dataVersion &&
    header.samples === results.samples &&
    header.seed === results.seed;
  if (!fits) throw new CliFault(others);
  let count = 0;
  const index = new Map(data.examples.map((example) => [example.id, example.index]));
  for await (const { example, errors } of examples) {
    const at = index.get(example);
    if (at === undefined) throw new CliFault(`${file} has errors of ${example}, which the data do not have.`);
    const lacking = NEEDS[protocol].gray && !errors.gray ? 'gray image' : 'empty text';
    if ((NEEDS[protocol].gray && !errors.gray) || (NEEDS[protocol].uncond && !errors.uncond))
      throw new CliFault(
        `${file} lacks the errors of the ${lacking}, which ${protocol} needs: evaluate again with --keep-all-errors.`,
      );
    yield { index: at, example, scores: reduceErrors(protocol, errors, header.latentElements) };
    count += 1;
  }
  // the data's version says nothing of a limit
  if (count !== results.tasks[data.task]?.n) throw new CliFault(others);
}
