import { boardMetrics, describeMetric } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { columnsOf, firstShow, groupsOf, shownColumns, sidesOf } from './columns.ts';

/** What a task says of data that are not there. */
const NO_DATA = { dataVersion: null, examples: null, notes: [], unavailable: null, edition: null };
const tasks = [
  {
    name: 'clevr',
    title: 'CLEVR',
    capability: 'Binding',
    question: '',
    formula: '',
    kind: 'ACCURACY' as const,
    interval: '',
    ...NO_DATA,
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
    ...NO_DATA,
    metrics: [],
  },
];

describe('columns', () => {
  const metrics = ['clevr.spatial', 'clevr.average', 'mmbias.A-B.effect_size', 'gone.accuracy'];
  const columns = columnsOf(metrics, 'clevr.average', tasks);

  it('stand with the ranking one first, and each still knows its place in the lists of a row', () => {
    expect(columns.map(({ metric }) => metric)).toEqual([metrics[1], metrics[0], metrics[2], metrics[3]]);
    for (const { metric, index } of each(columns)) expect(metrics[index]).toBe(metric);
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
    expect(sidesOf('clothes.effect_size')).toEqual(['men', 'women']);
    expect(sidesOf('Anglo-Saxon-Celt.effect_size')).toBeNull();
  });
});

describe('a board of all tasks', () => {
  const pairs = ['Buddhist-Muslim.effect_size', 'American-Arab.effect_size'];
  const all = TASK_NAMES.map((name) => {
    const metrics = boardMetrics(name, pairs).map((metric) => {
      const { metricLabel, ...display } = describeMetric(name, metric);
      return { ...display, name: `${name}.${metric}`, label: metricLabel };
    });
    const kind = TASKS[name].kind === 'bias' ? ('BIAS' as const) : ('ACCURACY' as const);
    return { ...TASKS[name], ...NO_DATA, kind, metrics };
  });
  const metrics = all.flatMap((task) => task.metrics.map(({ name }) => name));
  const columns = columnsOf(metrics, 'clevr.average', all);

  it('keeps every column once, each group in one piece', () => {
    expect(columns.map(({ metric }) => metric).sort()).toEqual(metrics.toSorted());
    const starts = columns.filter(({ group }, i) => group !== columns[i - 1]?.group).map(({ group }) => group);
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('opens with one column for each task of accuracies, which a board of three tasks does not need', () => {
    expect(firstShow(columns)).toBe('overview');
    const shown = shownColumns(columns, 'overview').map(({ metric }) => metric.split('.')[0]);
    expect(shown.sort()).toEqual(TASK_NAMES.filter((name) => TASKS[name].kind === 'accuracy').toSorted());
    const few = columns.filter(({ metric }) => /^(clevr|winoground|mmbias)\./.test(metric));
    expect(firstShow(few)).toBe('all');
    expect(shownColumns(few, 'all')).toEqual(few);
  });

  it('shows a group of several tasks beside the column that ranks', () => {
    expect(shownColumns(columns, ['Relations']).map(({ metric }) => metric)).toEqual([
      'clevr.average',
      'clevr.spatial',
      'vg_relation.macro',
      'vg_relation.accuracy',
    ]);
  });
});
