import type { TasksQuery } from '../generated/graphql.ts';

type Task = TasksQuery['tasks'][number];

/**
 * What a metric is called below its task's name: its column's title, but its label ("R@1", "accuracy") where that title is
 * the task's own or says nothing that the others do not, and its group where it stands apart from them ("Average").
 */
export function metricName(
  task: Pick<Task, 'title' | 'capability' | 'kind' | 'metrics'>,
  { title, group, label }: Task['metrics'][number],
): string {
  if (group !== task.capability && title === task.title) return group;
  const alike = task.metrics.filter((other) => other.title === title).length;
  const isTitle = title !== task.title && (task.kind === 'BIAS' || (alike === 1 && task.metrics.length > 1));
  return isTitle ? title : label;
}
