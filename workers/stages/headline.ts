import type { MetricValue, TaskSummary } from '@gdbench/benchmark/task';

/** Names of the metric that stands for a task of accuracies, in order of preference. */
const MAIN = ['average', 'group', 'accuracy', 'r1'];

/** "average 54.2% over 84 examples"; "10 effect sizes over 90 images" */
export function headline({ metrics, n }: TaskSummary): string {
  const effects = metrics.filter(({ metric, value }) => metric.endsWith('.effect_size') && value !== null).length;
  if (metrics.some(({ metric }) => metric.endsWith('.effect_size'))) return `${effects} effect sizes over ${n} images`;
  const main =
    MAIN.map((name) => metrics.find(({ metric }) => metric === name)).find((found) => found !== undefined) ??
    metrics[0];
  return main ? `${main.metric} ${percent(main)} over ${n} examples` : `${n} examples`;
}

function percent({ value }: MetricValue): string {
  return value === null ? 'undefined' : `${(value * 100).toFixed(1)}%`;
}
