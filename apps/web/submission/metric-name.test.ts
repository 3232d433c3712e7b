import { boardMetrics, describeMetric } from '@gdbench/benchmark/display';
import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { describe, expect, it } from 'vitest';
import { metricName } from './metric-name.ts';

function names(name: TaskName): string[] {
  const { title, capability, kind } = TASKS[name];
  const metrics = boardMetrics(name, ['A-B.effect_size']).map((metric) => {
    const { metricLabel, ...display } = describeMetric(name, metric);
    return { ...display, name: `${name}.${metric}`, label: metricLabel };
  });
  const task = { title, capability, metrics, kind: kind === 'bias' ? ('BIAS' as const) : ('ACCURACY' as const) };
  return metrics.map((metric) => metricName(task, metric));
}

describe('metricName', () => {
  it('tells the metrics of every task apart', () => {
    for (const name of TASK_NAMES)
      expect(new Set(names(name)).size).toBe(boardMetrics(name, ['A-B.effect_size']).length);
  });

  it.each([
    ['winoground', ['text score', 'image score', 'group score']],
    ['flickr30k_image', ['R@1', 'R@5']],
    ['vg_relation', ['macro accuracy', 'accuracy']],
    ['svo_verb', ['accuracy']],
    ['pets', ['accuracy']],
    ['mmbias', ['A–B']],
    ['genderbias', ['Clothes', 'Bags', 'Drinks']],
  ] as const)('of %s', (name, expected) => {
    expect(names(name)).toEqual(expected);
  });

  it('of clevr', () => {
    expect(names('clevr').at(0)).toBe('Pair, size');
    expect(names('clevr').at(-1)).toBe('Average');
  });
});
