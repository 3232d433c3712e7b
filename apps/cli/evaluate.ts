import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { TaskData, TaskName } from '@gdbench/benchmark/task';
import type { Device } from '@gdbench/workers/engine/device';
import type { CheckpointReport } from '@gdbench/workers/engine/inspect';
import type { Command } from 'commander';
import { CliFault } from './fault.ts';
import type { TaskResults } from './results.ts';

/** As commander gives them: strings, unchecked. */
interface EvaluateOptions {
  data?: string;
  tasks?: string;
  protocol?: string;
  samples: string;
  seed: string;
  limit?: string;
  out: string;
  errors?: boolean;
  batch?: string;
  threads?: string;
  device?: string;
  json?: boolean;
}

/** What a run does, checked. */
interface Plan {
  readonly dir: string;
  readonly out: string;
  readonly tasks: readonly TaskName[] | null;
  readonly protocol: string | undefined;
  readonly samples: number;
  readonly seed: number;
  readonly limit: number | undefined;
  readonly batch: number | undefined;
  readonly threads: number | undefined;
  readonly device: Device;
  readonly errors: boolean;
  readonly json: boolean;
}

export function register(program: Command): void {
  program
    .command('evaluate')
    .description('score a checkpoint on this machine, without a server or a database')
    .argument('<dir>', 'folder of the checkpoint')
    .option('--data <root>', 'data root in the official layout (default: GDBENCH_DATA, else the built-in set)')
    .option('--tasks <names>', 'tasks, separated by commas (default: every task the data root can serve)')
    .option('--protocol <name>', 'how a diffusion model is scored (default: diffusion-itm)')
    .option('--samples <n>', 'sample budget of a diffusion model, 1 to 1000', '250')
    .option('--seed <n>', 'seed of the noise', '0')
    .option('--limit <n>', 'only the first n examples of each subtask or group')
    .option('--out <dir>', 'folder for results.json and scores/', '.')
    .option('--errors', "write every sample's error too")
    .option('--batch <n>', 'rows that go through a model at once (default: GDBENCH_BATCH, else 16)')
    .option('--threads <n>', 'threads (default: GDBENCH_THREADS, else one a core)')
    .option('--device <name>', 'cpu, cuda or webgpu (default: GDBENCH_DEVICE, else cpu)')
    .option('--json', 'the results as one JSON object for machines')
    .addHelpText('after', '\nWith batch and threads pinned, results are equal to the bit.')
    .action(evaluate);
}

async function evaluate(dir: string, options: EvaluateOptions): Promise<void> {
  const plan = await planOf(dir, options);
  const report = await inspected(plan);
  checkProtocol(plan, report);
  const say = (line: string) => {
    if (!plan.json) process.stdout.write(`${line}\n`);
  };
  say(describe(plan, report));
  const data = await loadData(plan, options.data);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new CliFault('Interrupted: nothing was written.'));
  process.once('SIGINT', stop);
  try {
    await run(plan, report, data, say, interrupt.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}

async function planOf(dir: string, options: EvaluateOptions): Promise<Plan> {
  const { TASK_NAMES } = await import('@gdbench/benchmark/task');
  const names = options.tasks?.split(',').map((name) => name.trim());
  for (const name of names ?? []) {
    if (!(TASK_NAMES as readonly string[]).includes(name)) {
      throw new CliFault(`--tasks names "${name}", which is no task: give some of ${TASK_NAMES.join(', ')}.`, 2);
    }
  }
  const { DEVICES } = await import('@gdbench/workers/engine/device');
  const { env } = process;
  const device = options.device ?? (env.GDBENCH_DEVICE || 'cpu');
  const known = DEVICES.find((one) => one === device);
  if (!known) throw new CliFault(`The device "${device}" is not known: give one of ${DEVICES.join(', ')}.`, 2);
  const optional = (flag: string, value: string | undefined, most: number) =>
    value === undefined || value === '' ? undefined : whole(flag, value, 1, most);
  const plan: Plan = {
    dir: path.resolve(dir),
    out: path.resolve(options.out),
    tasks: names ? ([...new Set(names)] as TaskName[]) : null,
    protocol: options.protocol,
    samples: whole('--samples', options.samples, 1, 1000),
    seed: whole('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    limit: optional('--limit', options.limit, Number.MAX_SAFE_INTEGER),
    batch: optional(
      options.batch === undefined ? 'GDBENCH_BATCH' : '--batch',
      options.batch ?? env.GDBENCH_BATCH,
      4096,
    ),
    threads: optional(
      options.threads === undefined ? 'GDBENCH_THREADS' : '--threads',
      options.threads ?? env.GDBENCH_THREADS,
      1024,
    ),
    device: known,
    errors: options.errors === true,
    json: options.json === true,
  };
  const found = await stat(plan.dir).catch(() => undefined);
  if (!found) throw new CliFault(`${dir} is not there: give the folder that holds the checkpoint.`, 2);
  if (!found.isDirectory()) throw new CliFault(`${dir} is a file: give the folder that holds the checkpoint.`, 2);
  return plan;
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new CliFault(`${flag} is ${text || 'empty'}: give a whole number ${range}.`, 2);
}

async function inspected({ dir }: Plan): Promise<CheckpointReport> {
  const { inspectCheckpoint } = await import('@gdbench/workers/engine/inspect');
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new CliFault(inspection.reason);
  return inspection.report;
}

function checkProtocol({ protocol }: Plan, report: CheckpointReport): void {
  if (protocol === undefined || protocol === report.protocol) return;
  // What is sampled is a question for diffusion models only; the others are scored in the one way there is.
  if (report.kind !== 'diffusion' && protocol === 'diffusion-itm') return;
  throw new CliFault(`--protocol ${protocol} does not fit this ${report.kind} checkpoint: give ${report.protocol}.`, 2);
}

function describe(plan: Plan, report: CheckpointReport): string {
  const { width, height } = report.inputSize;
  return (
    `${path.basename(plan.dir)}: ${report.kind}, ${report.parameters.toLocaleString('en')} parameters, ` +
    `${width} by ${height} pixels, ${report.tokenLength} tokens, protocol ${report.protocol}`
  );
}

/** The tasks to run with their data: those asked for, or all that the root can serve. */
async function loadData(plan: Plan, given: string | undefined): Promise<TaskData[]> {
  const { DataError, listTasks, loadTask } = await import('@gdbench/benchmark/load');
  const root = given ?? (process.env.GDBENCH_DATA || (await builtinData(plan.json)));
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
    throw new CliFault(`The data root ${root} is not a folder: give --data a folder in GDBench's official layout.`);
  }
  let tasks = plan.tasks;
  if (!tasks) {
    const listed = await listTasks(root);
    tasks = listed.filter(({ runnable }) => runnable).map(({ task }) => task);
    const reasons = listed.filter(({ runnable }) => !runnable).map(({ task, reason }) => `${task}: ${reason}`);
    if (tasks.length === 0) throw new CliFault(`The data root ${root} can serve no task: ${reasons.join(' ')}`);
    if (!plan.json) for (const reason of reasons) process.stderr.write(`Left out ${reason}\n`);
  }
  const data: TaskData[] = [];
  for (const task of tasks) {
    try {
      data.push(await loadTask(root, task, plan.limit === undefined ? {} : { limit: plan.limit }));
    } catch (error) {
      if (error instanceof DataError)
        throw new CliFault(`The data root ${root} cannot serve ${task}: ${error.message}`);
      throw error;
    }
  }
  return data;
}

/** The built-in set, drawn when it is not there yet. */
async function builtinData(silent: boolean): Promise<string> {
  const [{ buildData, builtinDataRoot }, { home }, { startProgress }] = await Promise.all([
    import('@gdbench/builtin/data'),
    import('../../setup/home.ts'),
    import('./progress.ts'),
  ]);
  const root = builtinDataRoot(home());
  let progress: { title: string; bar: ReturnType<typeof startProgress> } | undefined;
  await buildData(root, {
    onProgress({ stage, done, total }) {
      if (progress?.title !== stage) {
        progress?.bar.end();
        progress = { title: stage, bar: startProgress(`Drawing ${stage} images`, total, String, { silent }) };
      }
      progress.bar.set(done);
    },
  });
  progress?.bar.end();
  return root;
}

async function run(
  plan: Plan,
  report: CheckpointReport,
  data: readonly TaskData[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const [{ openEvaluator }, { discard, scoreTask, writeResults, table }] = await Promise.all([
    import('@gdbench/workers/engine/evaluate'),
    import('./results.ts'),
  ]);
  const evaluator = await openEvaluator({
    dir: plan.dir,
    report,
    samples: plan.samples,
    seed: plan.seed,
    ...(plan.batch === undefined ? {} : { batch: plan.batch }),
    ...(plan.threads === undefined ? {} : { threads: plan.threads }),
    device: plan.device,
  });
  const tasks: TaskResults[] = [];
  try {
    for (const warning of evaluator.warnings) process.stderr.write(`${warning}\n`);
    for (const one of data) {
      tasks.push(await scoreTask(evaluator, one, { out: plan.out, errors: plan.errors, silent: plan.json, signal }));
    }
    const sampled = report.kind === 'diffusion';
    const results = await writeResults(plan.out, tasks, {
      checkpoint: path.basename(plan.dir),
      checkpointSha256: report.sha256,
      protocol: evaluator.protocol,
      samples: sampled ? plan.samples : null,
      seed: sampled ? plan.seed : null,
    });
    if (plan.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    say(table(results));
    say(`Written: ${path.join(plan.out, 'results.json')} and ${path.join(plan.out, 'scores')}`);
  } catch (error) {
    await discard(tasks);
    throw error;
  } finally {
    await evaluator.close();
  }
}
