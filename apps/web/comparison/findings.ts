import { describeMetric } from '@gdbench/benchmark/display';
import { holm } from '@gdbench/benchmark/holm';
import type { TaskName } from '@gdbench/benchmark/task';
import { CLEVR_SUBTASKS, TASKS } from '@gdbench/benchmark/tasks';
import type { ComparisonQuery } from '../generated/graphql.ts';

export type Compared = Extract<ComparisonQuery['comparison'], { __typename: 'Comparison' }>;
export type PairedMetric = Compared['tasks'][number]['metrics'][number];

/** Corrected p from which on a difference is not found. */
export const LEVEL = 0.05;

/** One metric of two checkpoints, as it is shown. */
export interface Finding extends PairedMetric {
  /** "<task>.<metric>" */
  readonly id: string;
  readonly title: string;
  /** Smaller, below the title: which metric of the task, or of which task. */
  readonly aside: string;
  /** Its p corrected over all tests that are asked at once; null where nothing is known. */
  readonly corrected: number | null;
}

/** What one comparison adds to a question, before its p are corrected. */
export type Uncorrected = Omit<Finding, 'corrected'>;

/** Those of the metrics ("<task>.<metric>") that were compared, in the order of the list. */
export function uncorrected(tasks: Compared['tasks'], metrics: readonly string[]): Uncorrected[] {
  const compared = new Map(tasks.flatMap(({ task, metrics: own }) => own.map((one) => [`${task}.${one.metric}`, one])));
  return metrics.flatMap((id) => {
    const metric = compared.get(id);
    return metric ? [{ ...metric, id, ...nameOf(id) }] : [];
  });
}

/** Corrects p over all comparisons of a question together. */
export function corrected(comparisons: readonly (readonly Uncorrected[])[]): Finding[][] {
  const ps = holm(comparisons.flat().map(({ p }) => p ?? null));
  let next = 0;
  return comparisons.map((own) => own.map((one) => ({ ...one, corrected: ps[next++] ?? null })));
}

/** How many tests the p of these are corrected for. */
export function testsOf(findings: readonly Pick<Finding, 'corrected'>[]): number {
  return findings.filter(({ corrected: p }) => p !== null).length;
}

/** Which of the two is better beyond chance, if any. */
export function betterSide({ difference, corrected: p }: Pick<Finding, 'difference' | 'corrected'>): 'a' | 'b' | null {
  if (difference == null || difference === 0 || p == null || p >= LEVEL) return null;
  return difference > 0 ? 'a' : 'b';
}

/** "Pair, colour" of "CLEVR"; of other tasks, the task's title and which of its metrics. */
export function nameOf(id: string): { readonly title: string; readonly aside: string } {
  const dot = id.indexOf('.');
  const [task, metric] = [id.slice(0, dot) as TaskName, id.slice(dot + 1)];
  const { title, metricLabel } = describeMetric(task, metric);
  if ((CLEVR_SUBTASKS as readonly string[]).includes(metric)) return { title, aside: TASKS[task].title };
  return { title: TASKS[task].title, aside: metricLabel };
}

/** As a sentence names it: the task alone where the metric is the one that stands for it. */
export function spoken({ id, title, aside }: Pick<Finding, 'id' | 'title' | 'aside'>): string {
  const [task = '', metric = ''] = id.split(/\.(.*)/);
  if (task === 'clevr' && metric !== TASKS.clevr.main) return `“${title}”`;
  return TASKS[task as TaskName]?.main === metric ? title : `${title}, ${aside}`;
}

const EDGES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];

/** Where the drawn scale ends on both sides of zero, 0 to 1: beyond every interval, so that rows can be set beside each other. */
export function edgeOf(findings: readonly Pick<Finding, 'low' | 'high'>[]): number {
  const widest = Math.max(0, ...findings.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]));
  return EDGES.find((edge) => edge >= widest) ?? 1;
}
