import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { isExact, type Protocol } from '@gdbench/benchmark/protocol';
import type { LoadedTask, TaskData } from '@gdbench/benchmark/task';
import type { Evaluator } from '@gdbench/workers/engine/evaluate';
import { latentElements } from '@gdbench/workers/engine/reduce';
import { CliFault } from '../fault.ts';
import { removeErrorsFile, writeErrorsFile } from '../results/errors-file.ts';
import { resultsOf, scoresFile, type TaskResults, table, writeResults } from '../results/results.ts';
import type { PartialRun, RunSettings } from './partial.ts';
import type { Pins, Plan } from './plan.ts';
import { scoreTask } from './scoring.ts';
import { type Teller, teller } from './teller.ts';

export interface Settings extends RunSettings {
  readonly protocol: Protocol;
}

/** Scores the tasks and writes their results. @throws CliFault with exit code 130 where a signal ended it. */
export async function run(
  plan: Plan,
  report: InspectionReport,
  settings: Settings,
  data: readonly LoadedTask[],
  partial: PartialRun,
): Promise<void> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const tasks: TaskResults[] = [];
  const told = teller(plan);
  let evaluator: Evaluator | undefined;
  try {
    evaluator = await opened(plan, report, settings, partial, told);
    for (const one of data) {
      told.warnings(evaluator);
      const options = { partial, errors: plan.errors !== 'none', silent: plan.json, signal: interrupt.signal };
      tasks.push({ data: one, summary: await scoreTask(evaluator, one, { ...options, onProgress: told.behind }) });
    }
    for (const one of data) await publish(one, plan, report, settings, partial);
    const results = await resultsOf(tasks, {
      checkpoint: path.basename(path.join(plan.dir, report.inside)),
      checkpointSha256: report.sha256,
      protocol: settings.protocol,
      samples: settings.samples,
      seed: settings.seed,
    });
    await writeResults(plan.out, results);
    await partial.remove();
    if (plan.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else
      process.stdout.write(
        `${table(results)}\nWritten: ${path.join(plan.out, 'results.json')} and ${path.join(plan.out, 'scores')}\n`,
      );
    told.warnings(evaluator);
  } catch (error) {
    // beside a refusal no warning is told
    if (evaluator && (error as Error).name !== 'CheckpointFault') told.warnings(evaluator);
    throw await ended(error, interrupt.signal.aborted, partial, plan, data);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    await evaluator?.close();
  }
}

/** Puts a task's scores into their place, and its errors beside them; those of an evaluation before go. */
async function publish(
  data: TaskData,
  plan: Plan,
  report: InspectionReport,
  { samples, seed, errors, protocol }: Settings,
  partial: PartialRun,
): Promise<void> {
  await removeErrorsFile(plan.out, data.task);
  await partial.publish(data, scoresFile(plan.out, data.task));
  // a race draws some of the samples only: nothing that another protocol could be read from
  if (samples === null || seed === null || errors === 'none' || !isExact(protocol)) return;
  const of = { checkpointSha256: report.sha256, samples, seed, latentElements: latentElements(report) };
  await writeErrorsFile(plan.out, partial.file(data), data, of);
}

/** The engine, with the pins of the run that is gone on with where none are given. */
async function opened(
  plan: Plan,
  report: InspectionReport,
  settings: Settings,
  partial: PartialRun,
  told: Teller,
): Promise<Evaluator> {
  const { describeChoice, openEvaluator } = await import('@gdbench/workers/engine/evaluate');
  const pins: Pins = { ...partial.pins, ...plan.pins };
  if (JSON.stringify(pins) !== JSON.stringify({ ...pins, ...partial.pins }))
    process.stderr.write('Batch, threads or sessions differ from those before: scores may by floating-point noise.\n');
  const evaluator = await openEvaluator({
    dir: plan.dir,
    report,
    protocol: settings.protocol,
    samples: plan.samples,
    seed: plan.seed,
    ...pins,
    device: plan.device,
    ...(plan.memoryMb === undefined ? {} : { memoryMb: plan.memoryMb }),
    ...(settings.errors === 'all' ? { keep: ['uncond', 'gray'] } : {}),
    onLog: told.log,
    onChoice(choice) {
      told.log(describeChoice(choice));
      partial.settle({ batch: choice.batch, threads: choice.threads, sessions: choice.sessions });
    },
  });
  await partial.begin(pins);
  return evaluator;
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
