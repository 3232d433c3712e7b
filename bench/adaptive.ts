import { isDeepStrictEqual } from 'node:util';
import { summarise } from '@gdbench/benchmark/summarise';
import { type Example, type ExampleScores, imageKey, type MetricValue } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { replay } from '@gdbench/workers/engine/adaptive-replay';
import type { Evaluator, SampleErrors } from '@gdbench/workers/engine/evaluate';
import { reduceErrors } from '@gdbench/workers/engine/reduce';
import { candidatesOf, type RacedTask, racedTasks } from './adaptive-tasks.ts';

/** What adaptive sampling does on one task, beside the full budget. */
export interface AdaptiveTask {
  readonly name: string;
  readonly examples: number;
  readonly candidates: number;
  /** The full budget's main metric; without value or interval where too few examples were scored. */
  readonly metric: MetricValue;
  /** The interval excludes chance, so that the task's rows count. */
  readonly counted: boolean;
  /** Examples with the same winner (winoground: the same four decisions). */
  readonly agreed: number;
  /** The fewest U-Net rows of the full budget, and those of the race; of the empty text once an image and sample in both. */
  readonly exactRows: number;
  readonly adaptiveRows: number;
}

export interface AdaptiveBench {
  readonly tasks: readonly AdaptiveTask[];
  /** Share of all examples with the same winner as the full budget. */
  readonly agreement: number;
  /** Rows of the full budget over those of the race, over the counted tasks of ten or more candidates; null: there is none. */
  readonly rowsSaved: number | null;
  /** The same of those of two candidates. */
  readonly rowsSavedOnPairs: number | null;
}

export interface AdaptiveBenchOptions {
  /** Of protocol diffusion-itm, with no task's rows in its caches. */
  readonly evaluator: Evaluator;
  readonly root: string;
  /** Of all tasks together, about: each has its share of them. */
  readonly seconds: number;
  /** Told each task when it is done. */
  readonly onTask?: (task: AdaptiveTask) => void;
}

/**
 * Compares the race with the full budget. One pass with the full budget is run and its errors are kept; the race is replayed
 * on them, which is exact: its rows are some of the pass's, with the same noise.
 */
export async function benchAdaptive(options: AdaptiveBenchOptions): Promise<AdaptiveBench> {
  const raced = await racedTasks(options.root);
  const tasks: AdaptiveTask[] = [];
  for (const one of raced) {
    const task = await benchTask(one, options.evaluator, (options.seconds * 1000) / raced.length);
    tasks.push(task);
    options.onTask?.(task);
  }
  const sum = (of: (task: AdaptiveTask) => number, among = tasks) => among.reduce((total, task) => total + of(task), 0);
  const saved = (fits: (candidates: number) => boolean) => {
    const counted = tasks.filter(({ counted, candidates }) => counted && fits(candidates));
    if (counted.length === 0) return null;
    return sum(({ exactRows }) => exactRows, counted) / sum(({ adaptiveRows }) => adaptiveRows, counted);
  };
  return {
    tasks,
    agreement: sum(({ agreed }) => agreed) / sum(({ examples }) => examples),
    rowsSaved: saved((candidates) => candidates >= 10),
    rowsSavedOnPairs: saved((candidates) => candidates === 2),
  };
}

/** Examples of a task, whatever they take, and those scored at once. */
const LEAST_EXAMPLES = 7;
const SLICE = 7;

async function benchTask({ name, data }: RacedTask, evaluator: Evaluator, milliseconds: number): Promise<AdaptiveTask> {
  const start = performance.now();
  const examples: Example[] = [];
  const exact: ExampleScores[] = [];
  /** Rows of the empty text: by image, which samples the race has drawn; the full budget draws all. */
  const empty = new Map<string, Uint8Array>();
  let [agreed, exactRows, adaptiveRows] = [0, 0, 0];
  for (let from = 0; from < data.examples.length; from += SLICE) {
    if (from >= LEAST_EXAMPLES && performance.now() - start > milliseconds) break;
    const to = Math.min(data.examples.length, from + SLICE);
    for (const { errors: kept, ...scored } of await evaluator.scoreExamples(data, from, to, { errors: true })) {
      if (!kept?.uncond) throw new Error('the evaluator kept no errors');
      const example = data.examples[exact.length]!;
      examples.push(example);
      exact.push(scored);
      const { errors, images } = distinct(kept, example);
      const race = replay(errors);
      if (isDeepStrictEqual(decisions(reduceErrors('diffusion-itm', errors, 1)), decisions(race.scores))) agreed++;
      exactRows += errors.cond.flat().reduce((sum, row) => sum + row.length, 0);
      adaptiveRows += total(race.cond.flat());
      for (const [image, marks] of race.uncond.entries()) {
        const known = empty.get(images[image]!);
        empty.set(images[image]!, known ? known.map((mark, k) => mark | marks[k]!) : marks);
      }
    }
  }
  exactRows += [...empty.values()].reduce((sum, marks) => sum + marks.length, 0);
  adaptiveRows += total([...empty.values()]);
  const main = TASKS[data.task].main;
  const metric = summarise({ ...data, examples }, exact).metrics.find((one) => one.metric === main)!;
  const { low, high, chance } = metric;
  return {
    name,
    examples: examples.length,
    candidates: candidatesOf(examples[0]!),
    metric,
    counted: low !== null && high !== null && chance !== null && (low > chance || high < chance),
    agreed,
    exactRows,
    adaptiveRows,
  };
}

function total(marks: readonly Uint8Array[]): number {
  return marks.reduce((sum, row) => row.reduce((a, b) => a + b, sum), 0);
}

/** Equal texts, and byte-equal images, are scored once: the evaluator gives them the same arrays. */
function distinct({ cond, uncond }: SampleErrors, { images }: Example): { errors: SampleErrors; images: string[] } {
  const texts = cond.filter((row, text) => cond.findIndex(([first]) => first === row[0]) === text);
  const places = images.map((_, image) => image).filter((image) => cond[0]!.indexOf(cond[0]![image]!) === image);
  const at = <V>(list: readonly V[]) => places.map((image) => list[image]!);
  return { errors: { cond: texts.map(at), uncond: at(uncond!) }, images: at(images).map(imageKey) };
}

/** Which candidates share the maximum; of two texts by two images, how the four comparisons come out. */
function decisions(scores: readonly (readonly number[])[]): unknown {
  if (scores.length > 1 && scores[0]!.length > 1) {
    const [[a, b], [c, d]] = scores as [[number, number], [number, number]];
    return [a - c, d - b, a - b, d - c].map(Math.sign);
  }
  const list = scores.flat();
  return list.map((score) => score === Math.max(...list));
}

/** A line a task and one for all, for a terminal. */
export function describeAdaptive({ tasks, agreement, rowsSaved, rowsSavedOnPairs }: AdaptiveBench): string {
  const lines = tasks.map((task) => {
    const { name, examples, candidates, metric, counted, agreed, exactRows, adaptiveRows } = task;
    return (
      `${name}: ${examples} examples of ${candidates} candidates, same winner ${percent(agreed / examples)}, ` +
      `${exactRows} rows and ${adaptiveRows} adaptive: ${times(exactRows / adaptiveRows)} fewer; ` +
      `${metric.metric} ${shown(metric.value)} (${shown(metric.low)} to ${shown(metric.high)}), ` +
      `chance ${shown(metric.chance)}${counted ? '' : ': not counted'}`
    );
  });
  const figure = (saved: number | null) => (saved === null ? 'no task counts' : `${times(saved)} fewer`);
  lines.push(
    `adaptive sampling: same winner ${percent(agreement)} (99% wanted); rows on tasks of ten and more candidates: ` +
      `${figure(rowsSaved)} (4 wanted), on pairs: ${figure(rowsSavedOnPairs)} (2 wanted)`,
  );
  return lines.join('\n');
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const shown = (value: number | null) => value?.toFixed(3) ?? 'unknown';
const times = (ratio: number) => `${ratio.toFixed(2)} times`;
