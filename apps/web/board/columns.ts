import type { TasksQuery } from '../generated/graphql.ts';

type Task = TasksQuery['tasks'][number];

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
  task: Pick<Task, 'title' | 'question' | 'formula' | 'interval' | 'examples' | 'dataVersion'> | null;
};

/** The board's columns as shown: the one that ranks first, the others in the board's order. */
export function columnsOf(metrics: readonly string[], rankingMetric: string, tasks: readonly Task[]): Column[] {
  const columns = metrics.map((metric, index) => column(metric, index, metric === rankingMetric, tasks));
  return [...columns.filter((c) => c.ranking), ...columns.filter((c) => !c.ranking)];
}

function column(metric: string, index: number, ranking: boolean, tasks: readonly Task[]): Column {
  const task = tasks.find(({ name }) => metric.startsWith(`${name}.`)) ?? null;
  const display = task?.metrics.find(({ name }) => name === metric);
  return {
    metric,
    index,
    ranking,
    title: display?.title ?? metric,
    label: display?.label ?? '',
    group: display?.group ?? task?.capability ?? 'Other',
    chance: display?.chance ?? null,
    bias: task?.kind === 'BIAS',
    sides: task?.kind === 'BIAS' ? sidesOf(metric.slice(task.name.length + 1)) : null,
    task,
  };
}

/** "A-B.effect_size" -> ["A", "B"]; null where a group's own name has a hyphen. */
export function sidesOf(metric: string): readonly [string, string] | null {
  const [first, second, ...more] = metric.replace(/\.[^.]*$/, '').split('-');
  return first && second && more.length === 0 ? [first, second] : null;
}

/** The capability groups in the order of their first column, without that of the ranking column, which always shows. */
export function groupsOf(columns: readonly Column[]): string[] {
  return [...new Set(columns.filter(({ ranking }) => !ranking).map(({ group }) => group))];
}
