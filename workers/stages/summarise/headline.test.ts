import type { MetricValue, TaskName } from '@gdbench/benchmark/task';
import { describe, expect, it } from 'vitest';
import { headline } from './headline.ts';

const metric = (name: string, value: number | null): MetricValue => {
  return { metric: name, value, low: null, high: null, chance: null, n: 84 };
};
const said = (task: TaskName, ...metrics: MetricValue[]) => headline({ task, n: 84, ties: 0, metrics });

describe('headline', () => {
  it('says the one figure that stands for the task', () => {
    expect(said('clevr', metric('spatial', 0.4), metric('average', 0.5421))).toBe('average 54.2% over 84 examples');
    expect(said('imagecode', metric('r1', 0.31), metric('r5', 0.7))).toBe('R@1 31.0% over 84 examples');
    expect(said('vg_relation', metric('accuracy', 0.6), metric('macro', 0.5))).toBe('macro 50.0% over 84 examples');
    expect(said('pets', metric('accuracy', null))).toBe('accuracy undefined over 84 examples');
  });

  it('counts the effect sizes that are known', () => {
    const pair = (name: string, value: number | null) => [
      metric(`${name}.effect_size`, value),
      metric(`${name}.p_value`, value),
    ];
    const metrics = [...pair('clothes', 0.4), ...pair('bags', null), ...pair('drinks', -0.1)];
    expect(said('genderbias', ...metrics)).toBe('2 effect sizes over 84 images');
  });
});
