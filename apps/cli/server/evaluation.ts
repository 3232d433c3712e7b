import { editionWords } from '@gdbench/benchmark/edition-words';
import { figure, interval } from '@gdbench/benchmark/figures';
import type { DataSet } from '@gdbench/benchmark/results';
import { dataSetLine } from '../data/data-set.ts';
import type { EvaluationPartsFragment, FailurePartsFragment } from '../generated/graphql.ts';
import { duration } from '../terminal/pace.ts';
import { aligned } from '../terminal/table.ts';

/** What `gdbench watch` asks of an evaluation and prints with --json. */
export type Evaluation = EvaluationPartsFragment;
export type Failure = FailurePartsFragment;

/** What is told of an evaluation that is under way. */
export type Standing = Pick<
  Evaluation,
  'state' | 'place' | 'shardsDone' | 'shardsTotal' | 'rowsPerSecond' | 'secondsLeft'
>;

/** "waiting for a worker, in place 3", "scoring: 4 of 14 shards, 120 rows/s, about 40 s left" */
export function describe({ state, place, shardsDone, shardsTotal, rowsPerSecond, secondsLeft }: Standing): string {
  if (state === 'UPLOADING') return 'waiting for its files';
  if (state === 'INSPECTING') return 'being inspected';
  if (state === 'QUEUED') return place === null ? 'waiting for a worker' : `waiting for a worker, in place ${place}`;
  if (state === 'SCORING')
    return [
      `scoring: ${shardsDone} of ${shardsTotal} shards`,
      rowsPerSecond ? `${Math.round(rowsPerSecond)} rows/s` : undefined,
      secondsLeft === null ? undefined : `about ${duration(secondsLeft)} left`,
    ]
      .filter(Boolean)
      .join(', ');
  return state.toLowerCase();
}

/**
 * The metrics as aligned lines: value, 95% interval, chance, n, and on a task's first line the version of its data and
 * of which edition they are; below them the data set, and the sampling budget where anything is sampled.
 */
export function tableOf({ results, tasks, protocol, samples, seed }: Evaluation, dataSet: DataSet): string {
  const rows = results.map((result, i) => {
    const { metric, low, high } = result;
    const chance = result.chance === null ? '' : `chance ${figure(metric, result.chance)}`;
    const isFirst = results[i - 1]?.task !== result.task;
    const version = isFirst && tasks.find(({ task }) => task === result.task)?.dataVersion;
    const data = version ? `data ${version}` : '';
    const edition = version ? editionOf(tasks, result.task) : '';
    const n = result.sizes.length > 0 ? result.sizes.join(' and ') : result.n;
    const value = figure(metric, result.value);
    return [`${result.task}.${metric}`, value, interval(metric, low, high), chance, `n = ${n}`, data, edition];
  });
  const lines = [...aligned(rows).split('\n'), dataSetLine(dataSet)];
  if (samples !== null) lines.push(`${protocol}, ${samples} samples, seed ${seed}`);
  return lines.map((line) => `  ${line}`).join('\n');
}

/** "part, 10 of 400"; nothing of what was planned before editions were known */
function editionOf(tasks: Evaluation['tasks'], name: string): string {
  const edition = tasks.find(({ task }) => task === name)?.edition;
  return edition ? editionWords({ ...edition, state: WORD_OF[edition.state] }) : '';
}

const WORD_OF = { WHOLE: 'whole', PART: 'part', UNKNOWN: 'unknown' } as const;
