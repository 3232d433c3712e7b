import { editionOf, editionWords } from '@gdbench/benchmark/edition-words';
import { points, pValue, share, signedPoints } from '@gdbench/benchmark/figures';
import type { PairedMetric } from '@gdbench/benchmark/paired';
import { isAdaptive } from '@gdbench/benchmark/protocol';
import type { DataSet, Results } from '@gdbench/benchmark/results';
import type { DataEdition, TaskData, TaskName } from '@gdbench/benchmark/task';
import type { Command } from 'commander';
import { dataSetLine } from '../data/data-set.ts';
import { CliFault } from '../fault.ts';
import { aligned } from '../terminal/table.ts';

interface CompareOptions {
  data?: string;
  tasks?: string;
  json?: boolean;
}

/** What `gdbench compare --json` prints. */
interface Comparison {
  readonly a: Side;
  readonly b: Side;
  readonly dataSet: DataSet;
  readonly tasks: Readonly<Record<string, ComparedTask>>;
}

interface ComparedTask {
  readonly dataVersion: string;
  /** Of the examples that both were scored on. */
  readonly edition: DataEdition;
  readonly metrics: readonly PairedMetric[];
}

type Side = Pick<Results, 'checkpoint' | 'checkpointSha256' | 'codeVersion' | 'protocol' | 'samples' | 'seed'>;

export function register(program: Command): void {
  program
    .command('compare')
    .description('test two checkpoints against each other on the same examples')
    .argument('<a>', 'the --out folder of one evaluation')
    .argument('<b>', 'the --out folder of another')
    .option('--data <root>', 'data root that both were made from (default: GDBENCH_DATA, else the built-in set)')
    .option('--tasks <names>', 'tasks, separated by commas (default: all, which both must hold)')
    .option('--json', 'the comparison as one JSON object for machines')
    .addHelpText(
      'after',
      `
Each accuracy: both values, the difference with its 95% interval, and p. The test is McNemar's, exact, where examples are
independent, and a sign-flip test by image where several share one. Bias has no such test, and is left out.
A run of diffusion-itm-adaptive is compared only with another; other differences in protocol, samples, seed
or version of gdbench are said.`,
    )
    .action(compare);
}

async function compare(folderA: string, folderB: string, options: CompareOptions): Promise<void> {
  const [{ loadOf, readResults, readScores }, { dataSetOf }, { rootOf }, { pairedTest }] = await Promise.all([
    import('../results/finished.ts'),
    import('../results/results.ts'),
    import('../data/root.ts'),
    import('@gdbench/benchmark/paired'),
  ]);
  const [a, b] = [await readResults(folderA), await readResults(folderB)];
  const tasks = await comparable([folderA, a], [folderB, b], options.tasks);
  refuseRace(a, b);
  const root = await rootOf(options.data, options.json === true, tasks);
  const read: TaskData[] = [];
  const compared: Record<string, ComparedTask> = {};
  for (const task of tasks) {
    const data = await loadOf(folderA, a, root, task);
    read.push(data);
    const [scoresA, scoresB] = [await readScores(folderA, data), await readScores(folderB, data)];
    const edition = editionOf(data.edition, Math.min(scoresA.length, scoresB.length));
    compared[task] = { dataVersion: data.dataVersion, edition, metrics: pairedTest(data, scoresA, scoresB) };
  }
  const comparison: Comparison = { a: side(a), b: side(b), dataSet: await dataSetOf(read), tasks: compared };
  process.stdout.write(options.json ? `${JSON.stringify(comparison)}\n` : shown(comparison));
}

type Named = readonly [folder: string, results: Results];

/** The accuracy tasks that both hold, from the same data. @throws CliFault */
async function comparable([folderA, a]: Named, [folderB, b]: Named, asked?: string): Promise<TaskName[]> {
  const [{ taskNames }, { tasksOf }, { TASKS }] = await Promise.all([
    import('../results/finished.ts'),
    import('../evaluate/plan.ts'),
    import('@gdbench/benchmark/tasks'),
  ]);
  const [ofA, ofB] = [taskNames(a), taskNames(b)];
  const tasks = asked === undefined ? ofA : tasksOf(asked);
  for (const [folder, held] of [
    [folderA, ofA],
    [folderB, ofB],
  ] as const) {
    const lacking = tasks.filter((task) => !held.includes(task));
    if (lacking.length > 0)
      throw new CliFault(`${folder} has no results of ${lacking.join(', ')}: give --tasks those that both have.`);
  }
  const beyond = ofB.filter((task) => !ofA.includes(task));
  if (asked === undefined && beyond.length > 0)
    throw new CliFault(`${folderA} has no results of ${beyond.join(', ')}: give --tasks those that both have.`);
  const other = tasks.find((task) => a.tasks[task]!.dataVersion !== b.tasks[task]!.dataVersion);
  if (other)
    throw new CliFault(
      `The two were scored on different data of ${other} (${a.tasks[other]!.dataVersion} and ${b.tasks[other]!.dataVersion}): evaluate both on the same data root.`,
    );
  const accuracies = tasks.filter((task) => TASKS[task].kind === 'accuracy');
  if (accuracies.length > 0) return accuracies;
  throw new CliFault('The two have only bias in common, for which there is no test on pairs of examples.');
}

function side({ checkpoint, checkpointSha256, codeVersion, protocol, samples, seed }: Results): Side {
  return { checkpoint, checkpointSha256, codeVersion, protocol, samples, seed };
}

function shown({ a, b, dataSet, tasks }: Comparison): string {
  const rows = Object.entries(tasks).flatMap(([task, { metrics }]) => metrics.map((one) => row(task, one)));
  const lines = [
    ['task', 'metric', 'A', 'B', 'A - B (points)', '95% interval', 'only A', 'only B', 'n', 'p', 'test'],
    ...rows,
  ];
  const name = ({ checkpoint, protocol, samples }: Side) =>
    `${checkpoint} (${protocol}${samples === null ? '' : `, ${samples} samples`})`;
  const data = Object.entries(tasks).map(([task, { dataVersion }]) => `${task} ${dataVersion}`);
  const editions = Object.entries(tasks).map(([task, { edition }]) => `${task} (${editionWords(edition)})`);
  return `A: ${name(a)}\nB: ${name(b)}\n${differences(a, b)}${aligned(lines)}\n${dataSetLine(dataSet)}: ${data.join(', ')}\nEditions: ${editions.join(', ')}\n`;
}

/** @throws CliFault where only one was scored by a race, which stops drawing where the winner is clear. */
function refuseRace(a: Side, b: Side): void {
  const [isRaceA, isRaceB] = [a, b].map(({ protocol }) => isAdaptive(protocol));
  if (isRaceA === isRaceB) return;
  throw new CliFault(
    `The two were scored by ${a.protocol} and ${b.protocol}, and a race is compared only with another: evaluate both under one protocol.`,
  );
}

/** One line of what else differs than the checkpoint and the code; samples and seed count where both sides have them. */
function differences(a: Side, b: Side): string {
  const settings = {
    protocol: 'protocol',
    samples: 'samples',
    seed: 'seed',
    codeVersion: 'version of gdbench',
  } as const;
  const differing = (['protocol', 'samples', 'seed', 'codeVersion'] as const).filter(
    (name) => a[name] !== b[name] && a[name] !== null && b[name] !== null,
  );
  if (differing.length === 0) return '';
  return `Scored differently: ${differing.map((name) => `${settings[name]} ${a[name]} and ${b[name]}`).join(', ')}.\n`;
}

function row(task: string, one: PairedMetric): string[] {
  const { metric, n, onlyA, onlyB, test } = one;
  const shown = (value: number | null, write: (value: number) => string) => (value === null ? '' : write(value));
  const interval = one.low === null || one.high === null ? '' : `[${points(one.low)}, ${points(one.high)}]`;
  const figures = [shown(one.a, share), shown(one.b, share), shown(one.difference, signedPoints), interval];
  return [task, metric, ...figures, ...[onlyA, onlyB, n].map(String), shown(one.p, pValue), test];
}
