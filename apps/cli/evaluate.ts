import path from 'node:path';
import type { TaskData } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import type { Evaluator } from '@gdbench/workers/engine/evaluate';
import type { CheckpointReport } from '@gdbench/workers/engine/inspect';
import type { Protocol } from '@gdbench/workers/engine/scorer';
import type { Command } from 'commander';
import { CliFault } from './fault.ts';
import type { PartialRun, Pins, RunSettings } from './partial.ts';
import type { EvaluateOptions, Plan } from './plan.ts';
import type { TaskResults } from './results.ts';

export function register(program: Command): void {
  program
    .command('evaluate')
    .description('score a checkpoint on this machine, without a server or a database')
    .argument('<dir>', 'folder of the checkpoint')
    .option('--data <root>', 'data root in the official layout (default: GDBENCH_DATA, else the built-in set)')
    .option('--tasks <names>', 'tasks, separated by commas (default: every task the data root can serve)')
    .option('--protocol <name>', 'how a diffusion model is scored: see below (default: diffusion-itm)')
    .option('--samples <n>', 'sample budget of a diffusion model, 1 to 1000', '250')
    .option('--seed <n>', 'seed of the noise', '0')
    .option('--limit <n>', 'only the first n examples of each subtask or group; such results cannot rank')
    .option('--skip-missing', 'leave out examples whose images are missing or unreadable; such results cannot rank')
    .option('--out <dir>', 'folder for results.json and scores/', '.')
    .option(
      '--errors',
      "write every sample's error too: in scores/, and packed in errors/, which gdbench rescore reads",
    )
    .option('--resume', 'go on with the interrupted run in --out, which must have had the same settings')
    .option('--batch <n>', 'rows that go through a model at once (default: GDBENCH_BATCH, else 16)')
    .option('--threads <n>', 'threads (default: GDBENCH_THREADS, else one a core)')
    .option('--device <name>', 'cpu, cuda or webgpu (default: GDBENCH_DEVICE, else cpu)')
    .option('--json', 'the results as one JSON object for machines')
    .addHelpText(
      'after',
      `
Protocols of a diffusion model: diffusion-itm, diffusion-classifier, diffusion-itm-unnormalized, diffusion-itm-gray,
and diffusion-itm-adaptive, which draws fewer samples where the winner is clear. Other kinds have one: cosine or matching.

Ctrl-C keeps what was done, in .partial of --out, and so does any other end; the same command with --resume goes on.
Without --resume a run begins from the start, and says so where an interrupted one is there.
With batch and threads pinned, results are equal to the bit, whether interrupted or not.`,
    )
    .action(evaluate);
}

async function evaluate(dir: string, options: EvaluateOptions): Promise<void> {
  const [{ planOf, protocolFor }, { loadData }, { openPartial }] = await Promise.all([
    import('./plan.ts'),
    import('./root.ts'),
    import('./partial.ts'),
  ]);
  const plan = await planOf(dir, options);
  const report = await inspected(plan);
  const protocol = protocolFor(plan, report);
  if (!plan.json) process.stdout.write(`${describe(plan, report, protocol)}\n`);
  const data = await loadData({ ...plan, root: plan.data });
  const settings = settingsOf(plan, report, protocol, data);
  const partial = await openPartial(plan.out, settings, data, plan.resume, (line) => process.stderr.write(`${line}\n`));
  await run(plan, report, settings, data, partial);
}

async function inspected({ dir }: Plan): Promise<CheckpointReport> {
  const { inspectCheckpoint } = await import('@gdbench/workers/engine/inspect');
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new CliFault(inspection.reason);
  return inspection.report;
}

function describe(plan: Plan, report: CheckpointReport, protocol: Protocol): string {
  const { width, height } = report.inputSize;
  return (
    `${path.basename(plan.dir)}: ${report.kind}, ${report.parameters.toLocaleString('en')} parameters, ` +
    `${width} by ${height} pixels, ${report.tokenLength} tokens, protocol ${protocol}`
  );
}

interface Settings extends RunSettings {
  readonly protocol: Protocol;
}

function settingsOf(plan: Plan, report: CheckpointReport, protocol: Protocol, data: readonly TaskData[]): Settings {
  const sampled = report.kind === 'diffusion';
  return {
    checkpointSha256: report.sha256,
    protocol,
    samples: sampled ? plan.samples : null,
    seed: sampled ? plan.seed : null,
    limit: plan.limit ?? null,
    errors: sampled ? plan.errors : 'none',
    codeVersion: CODE_VERSION,
    data: Object.fromEntries(data.map(({ task, dataVersion }) => [task, dataVersion])),
  };
}

async function run(
  plan: Plan,
  report: CheckpointReport,
  settings: Settings,
  data: readonly TaskData[],
  partial: PartialRun,
): Promise<void> {
  const [{ scoreTask }, { resultsOf, table, writeResults }] = await Promise.all([
    import('./scoring.ts'),
    import('./results.ts'),
  ]);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const tasks: TaskResults[] = [];
  let evaluator: Evaluator | undefined;
  try {
    evaluator = await opened(plan, report, settings, partial);
    const warn = warner(evaluator);
    warn();
    for (const one of data) {
      const options = { partial, errors: plan.errors !== 'none', silent: plan.json, signal: interrupt.signal };
      const summary = await scoreTask(evaluator, one, options).finally(warn);
      tasks.push({ data: one, summary });
    }
    for (const one of data) await publish(one, plan, report, settings, partial);
    const results = resultsOf(tasks, {
      checkpoint: path.basename(plan.dir),
      checkpointSha256: report.sha256,
      protocol: settings.protocol,
      samples: settings.samples,
      seed: settings.seed,
      rankable: plan.limit === undefined && data.every(({ skipped }) => skipped === undefined),
    });
    await writeResults(plan.out, results);
    await partial.remove();
    if (plan.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else
      process.stdout.write(
        `${table(results)}\nWritten: ${path.join(plan.out, 'results.json')} and ${path.join(plan.out, 'scores')}\n`,
      );
  } catch (error) {
    throw await ended(error, interrupt.signal.aborted, partial, plan, data);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    await evaluator?.close();
  }
}

/** Puts a task's scores into their place, and its errors beside them. */
async function publish(
  data: TaskData,
  plan: Plan,
  report: CheckpointReport,
  { samples, seed, errors, protocol }: Settings,
  partial: PartialRun,
): Promise<void> {
  const [{ scoresFile }, { writeErrorsFile }] = await Promise.all([import('./results.ts'), import('./errors.ts')]);
  await partial.publish(data, scoresFile(plan.out, data.task));
  // a race draws some of the samples only: nothing that another protocol could be read from
  if (samples === null || seed === null || errors === 'none' || protocol === 'diffusion-itm-adaptive') return;
  const latentElements = (report.latent ?? []).reduce((product, side) => product * side, 1);
  const of = { checkpointSha256: report.sha256, samples, seed, latentElements };
  await writeErrorsFile(plan.out, partial.file(data), data, of);
}

/** The engine, with the pins of the run that is gone on with where none are given. */
async function opened(
  plan: Plan,
  report: CheckpointReport,
  settings: Settings,
  partial: PartialRun,
): Promise<Evaluator> {
  const { openEvaluator } = await import('@gdbench/workers/engine/evaluate');
  const batch = plan.batch ?? partial.pins?.batch;
  const threads = plan.threads ?? partial.pins?.threads;
  const evaluator = await openEvaluator({
    dir: plan.dir,
    report,
    protocol: settings.protocol,
    samples: plan.samples,
    seed: plan.seed,
    ...(batch === undefined ? {} : { batch }),
    ...(threads === undefined ? {} : { threads }),
    device: plan.device,
  });
  const pins: Pins = { device: plan.device, batch: batch ?? 16, threads: threads ?? 1 };
  await partial.begin(pins);
  return evaluator;
}

/** Tells each warning of the engine once, when called. */
function warner(evaluator: Evaluator): () => void {
  let told = 0;
  return () => {
    const { warnings } = evaluator;
    for (const warning of warnings.slice(told)) process.stderr.write(`${warning}\n`);
    told = warnings.length;
  };
}

/** What to say of a run that did not come to its end, and what becomes of its work. */
async function ended(
  error: unknown,
  interrupted: boolean,
  partial: PartialRun,
  plan: Plan,
  data: readonly TaskData[],
): Promise<unknown> {
  const total = data.reduce((sum, { examples }) => sum + examples.length, 0);
  const kept = partial.written();
  const isKept = kept > 0;
  if (!isKept) await partial.abandon();
  if (interrupted) {
    const what = isKept
      ? `${kept} of ${total} examples are kept in ${plan.out}; the same command with --resume goes on.`
      : 'no example was done yet, and nothing is kept.';
    return new CliFault(`Interrupted: ${what}`, 130);
  }
  if (!isKept || !(error instanceof Error)) return error;
  const [why = ''] = error.message.split('\n');
  return new CliFault(`${why} ${kept} of ${total} examples are kept: --resume goes on with them.`);
}
