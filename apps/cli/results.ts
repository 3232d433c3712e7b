import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { summarise } from '@gdbench/benchmark/summarise';
import type { ExampleScores, TaskData, TaskSummary } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import type { Evaluator, Protocol, SampleErrors } from '@gdbench/workers/engine/evaluate';
import { startProgress } from './progress.ts';

export interface TaskResults {
  readonly data: TaskData;
  readonly summary: TaskSummary;
  /** The finished scores file, under a name of its own until everything is there. */
  readonly draft: string;
}

export interface Results {
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  readonly checkpointSha256: string;
  readonly codeVersion: string;
  readonly protocol: Protocol;
  /** null where nothing is sampled. */
  readonly samples: number | null;
  readonly seed: number | null;
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly n: number;
        readonly ties: number | null;
        readonly dataVersion: string;
        readonly chance: Readonly<Record<string, number>>;
        /** null: undefined on these scores. */
        readonly metrics: Readonly<Record<string, number | null>>;
        readonly intervals: Readonly<Record<string, readonly [number, number]>>;
      }
    >
  >;
}

export interface ScoreTaskOptions {
  readonly out: string;
  readonly errors: boolean;
  readonly silent: boolean;
  readonly signal: AbortSignal;
}

/** Examples that are scored before their lines are written. */
const SLICE = 16;

/** Scores a task whole, a line an example into a draft beside the final file, so that errors of samples never pile up in memory. */
export async function scoreTask(evaluator: Evaluator, data: TaskData, options: ScoreTaskOptions): Promise<TaskResults> {
  const { signal, errors } = options;
  const folder = path.join(options.out, 'scores');
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `.${data.task}.jsonl.${process.pid}`);
  const file = createWriteStream(draft);
  const total = data.examples.length;
  const progress = startProgress(`Scoring ${data.task}`, total, String, options);
  const scores: ExampleScores[] = [];
  try {
    for (let from = 0; from < total; from += SLICE) {
      const to = Math.min(total, from + SLICE);
      const onExample = (done: number) => progress.set(from + done);
      for (const one of await evaluator.scoreExamples(data, from, to, { signal, onExample, errors })) {
        scores.push({ index: one.index, example: one.example, scores: one.scores });
        const line = { example: one.example, scores: one.scores, ...(one.errors ? { errors: plain(one.errors) } : {}) };
        if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain');
      }
    }
    file.end();
    await finished(file);
  } catch (error) {
    file.destroy();
    await rm(draft, { force: true });
    throw error;
  } finally {
    progress.end();
  }
  return { data, summary: summarise(data, scores), draft };
}

/** As JSON shows it. */
function plain({ cond, uncond, gray }: SampleErrors) {
  return {
    cond: cond.map((row) => row.map((errors) => Array.from(errors))),
    ...(uncond ? { uncond: uncond.map((errors) => Array.from(errors)) } : {}),
    ...(gray ? { gray: gray.map((errors) => Array.from(errors)) } : {}),
  };
}

/** Removes what a failed run has scored so far. */
export async function discard(tasks: readonly TaskResults[]): Promise<void> {
  for (const { draft } of tasks) await rm(draft, { force: true });
}

/** Puts the scores in their places and then writes results.json, each whole or not at all. */
export async function writeResults(
  out: string,
  tasks: readonly TaskResults[],
  head: Omit<Results, 'codeVersion' | 'tasks'>,
): Promise<Results> {
  const results: Results = {
    ...head,
    codeVersion: CODE_VERSION,
    tasks: Object.fromEntries(tasks.map(({ data, summary }) => [summary.task, taskEntry(data, summary)])),
  };
  for (const { data, draft } of tasks) await rename(draft, path.join(out, 'scores', `${data.task}.jsonl`));
  const draft = path.join(out, `.results.json.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(results, null, 2)}\n`);
  await rename(draft, path.join(out, 'results.json'));
  return results;
}

function taskEntry({ dataVersion }: TaskData, { n, ties, metrics }: TaskSummary): Results['tasks'][string] {
  return {
    n,
    ties,
    dataVersion,
    chance: Object.fromEntries(metrics.flatMap(({ metric, chance }) => (chance === null ? [] : [[metric, chance]]))),
    metrics: Object.fromEntries(metrics.map(({ metric, value }) => [metric, value])),
    intervals: Object.fromEntries(
      metrics.flatMap(({ metric, low, high }) =>
        low === null || high === null ? [] : [[metric, [low, high] as const]],
      ),
    ),
  };
}

/** The results as aligned columns: metric, value, 95% interval, chance. */
export function table(results: Results): string {
  const rows: string[][] = [['task', 'metric', 'value', '95% interval', 'chance']];
  for (const [task, { metrics, intervals, chance }] of Object.entries(results.tasks)) {
    for (const [metric, value] of Object.entries(metrics)) {
      const interval = intervals[metric];
      rows.push([
        task,
        metric,
        value === null ? 'undefined' : value.toFixed(3),
        interval ? `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}` : '',
        chance[metric]?.toFixed(3) ?? '',
      ]);
    }
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
