import path from 'node:path';
import { dataSetSha256, readDataSetName } from '@gdbench/benchmark/data-set';
import type { Protocol } from '@gdbench/benchmark/protocol';
import type { TaskData, TaskSummary } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { type DataSet, dataSetLine } from './data-set.ts';
import { writeWhole } from './partial.ts';
import { aligned } from './table.ts';

export interface TaskResults {
  readonly data: TaskData;
  readonly summary: TaskSummary;
}

export interface TaskEntry {
  readonly n: number;
  readonly ties: number | null;
  readonly dataVersion: string;
  readonly chance: Readonly<Record<string, number>>;
  /** null: undefined on these scores. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  /** What --skip-missing left out: examples, and how many images were the reason. Absent where nothing was. */
  readonly skipped?: { readonly examples: number; readonly missing: number; readonly unreadable: number };
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
  /** Whether every example of the tasks was scored: figures over a part of them have no place in a ranking. */
  readonly rankable: boolean;
  readonly dataSet: DataSet;
  readonly tasks: Readonly<Record<string, TaskEntry>>;
}

type Head = Omit<Results, 'codeVersion' | 'dataSet' | 'tasks'>;

export async function resultsOf(tasks: readonly TaskResults[], head: Head): Promise<Results> {
  return {
    ...head,
    codeVersion: CODE_VERSION,
    dataSet: await dataSetOf(tasks.map(({ data }) => data)),
    tasks: Object.fromEntries(tasks.map(({ data, summary }) => [summary.task, taskEntry(data, summary)])),
  };
}

/** What data of one root are. */
export async function dataSetOf(data: readonly TaskData[]): Promise<DataSet> {
  const [first] = data;
  const named = first ? await readDataSetName(first.root) : null;
  const sha256 = dataSetSha256(new Map(data.map(({ task, dataVersion }) => [task, dataVersion])));
  return { name: named?.name ?? null, version: named?.version ?? null, sha256 };
}

export const scoresFile = (out: string, task: string) => path.join(out, 'scores', `${task}.jsonl`);

export async function writeResults(out: string, results: Results): Promise<void> {
  await writeWhole(path.join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
}

function taskEntry({ dataVersion, skipped }: TaskData, { n, ties, metrics }: TaskSummary): TaskEntry {
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
    ...(skipped
      ? {
          skipped: {
            examples: skipped.examples,
            missing: skipped.missing.length,
            unreadable: skipped.unreadable.length,
          },
        }
      : {}),
  };
}

/**
 * The results as aligned columns: metric, value, 95% interval, chance, and on a task's first line the version of its data;
 * below them the data set, and the sampling budget where anything is sampled.
 */
export function table(results: Results): string {
  const rows: string[][] = [['task', 'metric', 'value', '95% interval', 'chance', 'data']];
  for (const [task, { metrics, intervals, chance, dataVersion }] of Object.entries(results.tasks)) {
    for (const [i, [metric, value]] of Object.entries(metrics).entries()) {
      const interval = intervals[metric];
      rows.push([
        task,
        metric,
        value === null ? 'undefined' : value.toFixed(3),
        interval ? `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}` : '',
        chance[metric]?.toFixed(3) ?? '',
        i === 0 ? dataVersion : '',
      ]);
    }
  }
  const { dataSet, protocol, samples, seed } = results;
  const budget = samples === null ? '' : `\nProtocol ${protocol}, ${samples} samples, seed ${seed}`;
  return `${aligned(rows)}\n${dataSetLine(dataSet)}${budget}`;
}
