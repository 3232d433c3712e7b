import { describeMetric, pValueOf } from '@gdbench/benchmark/display';
import { holm } from '@gdbench/benchmark/holm';
import type { TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { LEVEL } from '../comparison/findings.ts';
import type { BiasOfEvaluationQuery } from '../generated/graphql.ts';

type Evaluation = NonNullable<BiasOfEvaluationQuery['evaluation']>;
type Measured = Pick<Evaluation, 'tasks' | 'results'>;

export const BIAS_TASKS: readonly string[] = Object.values(TASKS).flatMap(({ name, kind }) =>
  kind === 'bias' ? [name] : [],
);

/** The effect size of one pair in one checkpoint; null where it is undefined. */
export interface Effect {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Permutation p, corrected over all effects of both twins. */
  readonly corrected: number | null;
}

/** A pair of groups, or an object of genderbias, in both twins. */
export interface TwinRow {
  /** "<task>.<metric>" */
  readonly id: string;
  readonly title: string;
  readonly aside: string;
  readonly biased: Effect;
  readonly balanced: Effect;
}

/** The bias tasks that both twins were scored on, but not on the same data. */
export function tasksOfOtherData(biased: Measured, balanced: Measured): string[] {
  const versionOf = ({ tasks }: Measured, task: string) => tasks.find((one) => one.task === task)?.dataVersion;
  return BIAS_TASKS.filter((task) => versionOf(biased, task) !== versionOf(balanced, task));
}

/** Every effect size that both twins have, with p corrected by Holm over both together. */
export function twinRows(biased: Measured, balanced: Measured): TwinRow[] {
  const [of, ofBalanced] = [byMetric(biased), byMetric(balanced)];
  const ids = [...of.keys()].filter((id) => ofBalanced.has(id) && pValueOf(id) !== null).sort(byTask);
  const twins = [of, ofBalanced].map((own) => ids.map((id) => ({ ...own.get(id)!, p: own.get(pValueOf(id)!)?.value })));
  const ps = holm(twins.flat().map(({ p }) => p ?? null));
  const effect = (twin: number, i: number): Effect => {
    const { value, low, high } = twins[twin]![i]!;
    return { value: value ?? null, low: low ?? null, high: high ?? null, corrected: ps[twin * ids.length + i] ?? null };
  };
  return ids.map((id, i) => ({ id, ...nameOf(id), biased: effect(0, i), balanced: effect(1, i) }));
}

export function isSignificant({ corrected }: Effect): boolean {
  return corrected !== null && corrected < LEVEL;
}

/** Found out: associations show in the biased twin, and none in the balanced one, which was taught none. */
export function twinVerdict(rows: readonly TwinRow[], biased: string, balanced: string): string {
  if (rows.length === 0) return 'Nothing could be compared.';
  const [found, others] = [
    rows.filter((row) => isSignificant(row.biased)),
    rows.filter((row) => isSignificant(row.balanced)),
  ];
  const told = `${found.length} of ${rows.length} associations are significant in ${biased}, ${others.length} in ${balanced}.`;
  if (found.length === 0) return `No: ${told}`;
  return `${others.length === 0 ? 'Yes' : 'In part'}: ${told}`;
}

function byMetric({ results }: Measured) {
  const own = results.filter(({ task }) => BIAS_TASKS.includes(task));
  return new Map(own.map((result) => [`${result.task}.${result.metric}`, result]));
}

/** MMBias first, as the board has it; within a task as the results come. */
function byTask(a: string, b: string): number {
  const place = (id: string) => BIAS_TASKS.findIndex((task) => id.startsWith(`${task}.`));
  return place(a) - place(b);
}

function nameOf(id: string): Pick<TwinRow, 'title' | 'aside'> {
  const dot = id.indexOf('.');
  const task = id.slice(0, dot) as TaskName;
  return { title: describeMetric(task, id.slice(dot + 1)).title, aside: TASKS[task].title };
}
