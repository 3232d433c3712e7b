import { isDeepStrictEqual } from 'node:util';
import { summarise } from '@gdbench/benchmark/summarise';
import { type Example, type ExampleScores, imageKey, type MetricValue, type TaskData } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { replay } from '@gdbench/workers/engine/adaptive-replay';
import type { Evaluator, SampleErrors } from '@gdbench/workers/engine/evaluate';
import { reduceErrors } from '@gdbench/workers/engine/reduce';
import { candidatesOf, racedTasks } from './adaptive-tasks.ts';

/** What adaptive sampling does on one task, or one subtask of CLEVR, beside the full budget. */
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
  /**
   * The fewest U-Net rows of the full budget, and those of the race. Of the empty text, both once an image and sample, where
   * images are compared; between texts of one image, where it ranks nothing, neither.
   */
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
  /** Of protocol diffusion-itm; how many rows are saved depends on its samples. */
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
    for (const task of await benchTask(one, options.evaluator, (options.seconds * 1000) / raced.length)) {
      tasks.push(task);
      options.onTask?.(task);
    }
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

/** Examples of a task or subtask, whatever they take, and those scored at once. */
const LEAST_EXAMPLES = 7;
const SLICE = 7;

/** Examples that one metric stands for: a task's, or a subtask's of CLEVR. */
class Tally {
  readonly examples: Example[] = [];
  readonly exact: ExampleScores[] = [];
  agreed = 0;
  #exactRows = 0;
  #adaptiveRows = 0;
  /** Rows of the empty text that the race has drawn, by image; the full budget draws all of them. */
  readonly #empty = new Map<string, Uint8Array>();

  add(example: Example, scores: ExampleScores, kept: SampleErrors): void {
    this.examples.push(example);
    this.exact.push(scores);
    const { errors, images } = distinct(kept, example);
    const race = replay(errors);
    const decided = decisions(reduceErrors('diffusion-itm', errors, 1));
    if (isDeepStrictEqual(decided, decisions(race.scores))) this.agreed++;
    this.#exactRows += errors.cond.flat().reduce((sum, row) => sum + row.length, 0);
    this.#adaptiveRows += total(race.cond.flat());
    // Texts of one image need no empty text to be ranked: neither side is charged with it.
    if (images.length === 1) return;
    for (const [image, marks] of race.uncond.entries()) {
      const known = this.#empty.get(images[image]!);
      this.#empty.set(images[image]!, known ? known.map((mark, k) => mark | marks[k]!) : marks);
    }
  }

  get rows() {
    const empty = [...this.#empty.values()];
    return {
      exactRows: this.#exactRows + empty.reduce((sum, marks) => sum + marks.length, 0),
      adaptiveRows: this.#adaptiveRows + total(empty),
    };
  }
}

async function benchTask(data: TaskData, evaluator: Evaluator, milliseconds: number): Promise<AdaptiveTask[]> {
  const start = performance.now();
  const main = TASKS[data.task].main!;
  const subtasks = new Set(summarise(data, []).metrics.map(({ metric }) => metric));
  const metricOf = ({ group }: Example) => (group !== undefined && subtasks.has(group) ? group : main);
  const tallies = new Map(data.examples.map((example) => [metricOf(example), new Tally()]));
  for (let from = 0; from < data.examples.length; from += SLICE) {
    if (from >= LEAST_EXAMPLES * tallies.size && performance.now() - start > milliseconds) break;
    const to = Math.min(data.examples.length, from + SLICE);
    for (const [i, { errors, ...scores }] of (
      await evaluator.scoreExamples(data, from, to, { errors: true })
    ).entries()) {
      if (!errors?.uncond) throw new Error('the evaluator kept no errors');
      const example = data.examples[from + i]!;
      tallies.get(metricOf(example))!.add(example, scores, errors);
    }
  }
  return [...tallies].map(([metric, tally]) => {
    const figures = summarise({ ...data, examples: tally.examples }, tally.exact).metrics;
    const figure = figures.find((one) => one.metric === metric)!;
    const { low, high, chance } = figure;
    return {
      name: metric === main ? data.task : `${data.task} ${metric}`,
      examples: tally.examples.length,
      candidates: candidatesOf(tally.examples[0]!),
      metric: figure,
      counted: low !== null && high !== null && chance !== null && (low > chance || high < chance),
      agreed: tally.agreed,
      ...tally.rows,
    };
  });
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
