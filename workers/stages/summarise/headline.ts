import type { MetricValue, TaskSummary } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';

/** "average 54.2% over 84 examples"; "R@1 31.0% over 1014 examples"; "10 effect sizes over 90 images" */
export function headline({ task, metrics, n }: TaskSummary): string {
  const { main } = TASKS[task];
  if (main === null) {
    const effects = metrics.filter(({ metric, value }) => metric.endsWith('.effect_size') && value !== null).length;
    return `${effects} effect sizes over ${n} images`;
  }
  const found = metrics.find(({ metric }) => metric === main);
  return found ? `${main === 'r1' ? 'R@1' : main} ${percent(found)} over ${n} examples` : `${n} examples`;
}

function percent({ value }: MetricValue): string {
  return value === null ? 'undefined' : `${(value * 100).toFixed(1)}%`;
}
