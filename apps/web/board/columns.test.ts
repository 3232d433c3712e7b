import { describe, expect, it } from 'vitest';
import { columnsOf, groupsOf, sidesOf } from './columns.ts';

const tasks = [
  {
    name: 'clevr',
    title: 'CLEVR',
    capability: 'Binding',
    question: '',
    formula: '',
    kind: 'ACCURACY' as const,
    interval: '',
    metrics: [
      { name: 'clevr.spatial', title: 'Left, right', label: 'accuracy', group: 'Relations', chance: 0.5 },
      { name: 'clevr.average', title: 'CLEVR', label: 'macro of 7', group: 'Average', chance: 0.5 },
    ],
  },
  {
    name: 'mmbias',
    title: 'MMBias',
    capability: 'Bias',
    question: '',
    formula: '',
    kind: 'BIAS' as const,
    interval: '',
    metrics: [],
  },
];

describe('columns', () => {
  const metrics = ['clevr.spatial', 'clevr.average', 'mmbias.A-B.effect_size', 'gone.accuracy'];
  const columns = columnsOf(metrics, 'clevr.average', tasks);

  it('stand with the ranking one first, and each still knows its place in the lists of a row', () => {
    expect(columns.map(({ metric }) => metric)).toEqual([metrics[1], metrics[0], metrics[2], metrics[3]]);
    for (const { metric, index } of columns) expect(metrics[index]).toBe(metric);
  });

  it('show a metric that no task describes by its own name', () => {
    expect(columns[3]).toMatchObject({ title: 'gone.accuracy', group: 'Other', bias: false, chance: null });
    expect(columns[2]).toMatchObject({ group: 'Bias', bias: true, sides: ['A', 'B'] });
  });

  it('form groups without that of the ranking column', () => {
    expect(groupsOf(columns)).toEqual(['Relations', 'Bias', 'Other']);
  });

  it('name the sides of a bias only where the hyphen can be told', () => {
    expect(sidesOf('American-Arab.effect_size')).toEqual(['American', 'Arab']);
    expect(sidesOf('Anglo-Saxon-Celt.effect_size')).toBeNull();
  });
});
