import path from 'node:path';
import { dataSetSha256, readDataSetName } from '@gdbench/benchmark/data-set';
import { editionOf, editionWords } from '@gdbench/benchmark/edition-words';
import { figure, interval } from '@gdbench/benchmark/figures';
import type { DataSet, Results, TaskEntry } from '@gdbench/benchmark/results';
import type { LoadedTask, TaskData, TaskSummary } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { dataSetLine } from '../data/data-set.ts';
import { writeWhole } from '../evaluate/partial.ts';
import { aligned } from '../terminal/table.ts';

export interface TaskResults {
  readonly data: LoadedTask;
  readonly summary: TaskSummary;
}

type Head = Omit<Results, 'codeVersion' | 'dataSet' | 'rankable' | 'tasks'>;

export async function resultsOf(tasks: readonly TaskResults[], head: Head): Promise<Results> {
  const entries = tasks.map(({ data, summary }) => [summary.task, taskEntry(data, summary)] as const);
  return {
    ...head,
    rankable: entries.every(([, { edition }]) => edition?.state === 'whole'),
    codeVersion: CODE_VERSION,
    dataSet: await dataSetOf(tasks.map(({ data }) => data)),
    tasks: Object.fromEntries(entries),
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

function taskEntry({ dataVersion, edition, notes, skipped }: LoadedTask, { n, ties, metrics }: TaskSummary): TaskEntry {
  return {
    n,
    ties,
    dataVersion,
    edition: editionOf(edition, n),
    ...(notes ? { notes } : {}),
    chance: Object.fromEntries(metrics.flatMap(({ metric, chance }) => (chance === null ? [] : [[metric, chance]]))),
    metrics: Object.fromEntries(metrics.map(({ metric, value }) => [metric, value])),
    intervals: Object.fromEntries(
      metrics.flatMap(({ metric, low, high }) =>
        low === null || high === null ? [] : [[metric, [low, high] as const]],
      ),
    ),
    counts: Object.fromEntries(metrics.map(({ metric, n: behind, sizes }) => [metric, sizes ?? behind])),
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
 * The results as aligned columns: metric, value, 95% interval, chance, examples behind it, and on a task's first line the version of its data
 * and whether they are all of an edition; below them the data set, and the sampling budget where anything is sampled.
 */
export function table(results: Results): string {
  const rows: string[][] = [['task', 'metric', 'value', '95% interval', 'chance', 'n', 'data', 'edition']];
  for (const [task, { metrics, intervals, chance, counts, dataVersion, edition }] of Object.entries(results.tasks)) {
    for (const [i, [metric, value]] of Object.entries(metrics).entries()) {
      const [low, high] = intervals[metric] ?? [null, null];
      rows.push([
        task,
        metric,
        figure(metric, value),
        interval(metric, low, high),
        chance[metric] === undefined ? '' : figure(metric, chance[metric]),
        countWords(counts?.[metric]),
        i === 0 ? dataVersion : '',
        i === 0 && edition ? editionWords(edition) : '',
      ]);
    }
  }
  const { dataSet, protocol, rankable, samples, seed } = results;
  const noRank = rankable ? '' : '\nNot all of a known edition: these results do not rank';
  const budget = samples === null ? '' : `\nProtocol ${protocol}, ${samples} samples, seed ${seed}`;
  return `${aligned(rows)}\n${dataSetLine(dataSet)}${noRank}${budget}`;
}

/** "400", "250 and 250" images of X and of Y */
function countWords(count: number | readonly [number, number] | undefined): string {
  if (count === undefined) return '';
  return typeof count === 'number' ? String(count) : count.join(' and ');
}
