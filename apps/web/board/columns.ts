import { GENDER_PAIRS } from '@gdbench/benchmark/bias-pairs';
import type { TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import type { TasksQuery } from '../generated/graphql.ts';
import type { Show } from './view.ts';

type Task = Omit<TasksQuery['tasks'][number], 'notes'>;

/** One column of figures. */
export type Column = {
  /** "<task>.<metric>" */
  metric: string;
  /** Position in the lists of a row. */
  index: number;
  title: string;
  label: string;
  group: string;
  /** Level of a model that knows nothing; null for bias. */
  chance: number | null;
  bias: boolean;
  /** The two groups of a bias column, the first of which is the positive side. */
  sides: readonly [string, string] | null;
  ranking: boolean;
  /** It stands for its task in the overview of a wide board. */
  main: boolean;
  task: Pick<Task, 'title' | 'question' | 'formula' | 'interval' | 'examples' | 'dataVersion' | 'edition'> | null;
};

/** The board's columns as shown: the one that ranks first, the others by group, within a group in the board's order. */
export function columnsOf(metrics: readonly string[], rankingMetric: string, tasks: readonly Task[]): Column[] {
  const columns = metrics.map((metric, index) => column(metric, index, metric === rankingMetric, tasks));
  const others = groupsOf(columns).flatMap((group) => columns.filter((c) => !c.ranking && c.group === group));
  return [...columns.filter((c) => c.ranking), ...others];
}

function column(metric: string, index: number, ranking: boolean, tasks: readonly Task[]): Column {
  const task = tasks.find(({ name }) => metric.startsWith(`${name}.`)) ?? null;
  const display = task?.metrics.find(({ name }) => name === metric);
  return {
    metric,
    index,
    ranking,
    main: task !== null && metric === `${task.name}.${TASKS[task.name as TaskName]?.main}`,
    title: display?.title ?? metric,
    label: display?.label ?? '',
    group: display?.group ?? task?.capability ?? 'Other',
    chance: display?.chance ?? null,
    bias: task?.kind === 'BIAS',
    sides: task?.kind === 'BIAS' ? sidesOf(metric.slice(task.name.length + 1)) : null,
    task,
  };
}

/** "A-B.effect_size" -> ["A", "B"], "clothes.effect_size" -> ["men", "women"]; null where a group's own name has a hyphen. */
export function sidesOf(metric: string): readonly [string, string] | null {
  const pair = metric.replace(/\.[^.]*$/, '');
  if (GENDER_PAIRS.some(({ name }) => name === pair)) return ['men', 'women'];
  const [first, second, ...more] = pair.split('-');
  return first && second && more.length === 0 ? [first, second] : null;
}

/** The capability groups in the order of their first column, without that of the ranking column, which always shows. */
export function groupsOf(columns: readonly Column[]): string[] {
  return [...new Set(columns.filter(({ ranking }) => !ranking).map(({ group }) => group))];
}

/** More columns than this are too many to begin with: the board opens with one a task. */
const MOST_AT_FIRST = 20;

/** What the board shows before the reader chooses. */
export function firstShow(columns: readonly Column[]): 'all' | 'overview' {
  return columns.length > MOST_AT_FIRST ? 'overview' : 'all';
}

/** The columns to show; the one that ranks always is. */
export function shownColumns(columns: readonly Column[], show: Show): Column[] {
  if (show === 'all') return [...columns];
  return columns.filter((c) => c.ranking || (show === 'overview' ? c.main : show.includes(c.group)));
}
