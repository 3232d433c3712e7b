import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TASK_NAMES } from '../task.ts';
import { biasPairs, OFFICIAL_GROUPS } from './bias-pairs.ts';
import { boardMetrics, describeMetric, pValueOf } from './display.ts';
import { canonicalGroup } from './group-names.ts';
import { PUBLISHED_RELATIONS } from './published-groups.ts';
import { RANKING_METRIC, TASKS } from './tasks.ts';

describe('display data', () => {
  it('describes every task under its own name', () => {
    for (const name of TASK_NAMES) expect(TASKS[name].name).toBe(name);
  });

  it('gives every column of the board a title of its own', () => {
    const pairs = ['Buddhist-Muslim.effect_size', 'Buddhist-Muslim.p_value', 'A-B.effect_size'];
    const columns = TASK_NAMES.flatMap((task) =>
      boardMetrics(task, pairs).map((metric) => ({ metric: `${task}.${metric}`, ...describeMetric(task, metric) })),
    );
    expect(columns.map(({ metric }) => metric)).toContain(RANKING_METRIC);
    // clevr, winoground, four of retrieval, svo, two of vg, two of order, pets, two pairs, three objects
    expect(columns).toHaveLength(8 + 3 + 4 * 2 + 3 + 2 * 2 + 2 + 1 + 2 + 3);
    expect(new Set(columns.map(({ title, metricLabel }) => `${title}/${metricLabel}`)).size).toBe(columns.length);
  });

  it.each([
    ['clevr', 'pair_binding_size', 'Pair, size', 'accuracy', 1 / 2],
    ['clevr', 'average', 'CLEVR', 'macro of 7', 1 / 2],
    ['winoground', 'group', 'Winoground', 'group score', 1 / 6],
    ['winoground', 'text.Noun Phrase, Scope', 'Noun Phrase, Scope', 'text score', 1 / 4],
    ['flickr30k_image', 'r1', 'Flickr30K, image', 'R@1', 1 / 10],
    ['imagecode_video', 'r5', 'ImageCoDe, video', 'R@5', 1 / 2],
    ['vg_relation', 'macro', 'VG relation', 'macro accuracy', 1 / 2],
    ['vg_relation', 'macro_published', 'VG relation', 'macro, published list', 1 / 2],
    ['vg_attribution', 'accuracy', 'VG attribute', 'accuracy', 1 / 2],
    ['svo_subj', 'accuracy', 'Subject', 'accuracy', 1 / 2],
    ['coco_order', 'accuracy', 'COCO order', 'accuracy', 1 / 5],
    ['pets', 'accuracy', 'Pets', 'accuracy', 1 / 37],
    ['genderbias', 'clothes.effect_size', 'Clothes', 'effect size', null],
    ['mmbias', 'Buddhist-Muslim.effect_size', 'Buddhist–Muslim', 'effect size', null],
    ['mmbias', 'Buddhist-Muslim.p_value', 'Buddhist–Muslim', 'p', null],
    ['mmbias', 'A-b-C.effect_size', 'A-b-C', 'effect size', null],
  ] as const)('%s.%s', (task, metric, title, metricLabel, chance) => {
    expect(describeMetric(task, metric)).toMatchObject({ title, metricLabel, chance });
  });

  it('still shows a metric that the task does not have', () => {
    for (const task of TASK_NAMES)
      expect(describeMetric(task, 'former')).toMatchObject({ title: 'former', chance: null });
  });

  it('finds the p value of an effect size', () => {
    expect(pValueOf('A-B.effect_size')).toBe('A-B.p_value');
    expect(pValueOf('average')).toBeNull();
  });

  it('needs nothing that a browser lacks', () => {
    for (const file of ['../task.ts', 'tasks.ts', 'display.ts', '../ranking/ranking.ts'])
      expect(readFileSync(new URL(file, import.meta.url), 'utf8')).not.toMatch(/from '(?!\.)/);
  });
});

describe('the published relations', () => {
  it('are 45, each once, none of those that are as true turned round', () => {
    expect(PUBLISHED_RELATIONS).toHaveLength(45);
    expect(new Set(PUBLISHED_RELATIONS).size).toBe(45);
    for (const symmetric of [
      'near',
      'next to',
      'beside',
      'by',
      'with',
      'of',
      'around',
      'close to',
      'facing',
      'touching',
    ])
      expect(PUBLISHED_RELATIONS).not.toContain(symmetric);
  });

  it('make a column where the data have some', () => {
    expect(boardMetrics('vg_relation')).toEqual(['macro', 'accuracy']);
    expect(boardMetrics('vg_relation', ['macro_published'])).toEqual(['macro', 'macro_published', 'accuracy']);
  });
});

describe('canonicalGroup', () => {
  it.each([
    ['religion', 'muslim', 'Religion/Muslim'],
    ['RELIGION', 'Buddhists', 'Religion/Buddhist'],
    ['sexual_orientation', 'lgbt', 'Sexual Orientation/LGBT'],
    ['Sexual-Orientations', 'heterosexual', 'Sexual Orientation/Heterosexual'],
    ['nationality', 'chinese', 'Nationality/Chinese'],
    ['disability', 'non disabled', 'Disability/Non-Disabled'],
    ['Faith', 'jewish', 'Faith/Jewish'],
    ['Emblem', 'Grid', 'Emblem/Grid'],
    ['mood', 'pleasant', 'mood/pleasant'],
  ])('%s/%s is %s', (category, group, name) => {
    expect(canonicalGroup(category, group, OFFICIAL_GROUPS)).toBe(name);
  });
});

describe('biasPairs', () => {
  const OFFICIAL = [
    ...['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'].map((name) => `Religion/${name}`),
    'Nationality/American',
    'Nationality/Arab',
    'Sexual Orientation/Heterosexual',
    'Sexual Orientation/LGBT',
  ];

  it('gives the ten pairs of the official groups, in the order of the paper', () => {
    expect(biasPairs(OFFICIAL.toReversed()).map(({ name }) => name)).toEqual([
      'Christian-Muslim',
      'Christian-Jewish',
      'Jewish-Muslim',
      'Buddhist-Muslim',
      'Buddhist-Christian',
      'Buddhist-Hindu',
      'Buddhist-Jewish',
      'Hindu-Muslim',
      'American-Arab',
      'Heterosexual-LGBT',
    ]);
  });

  it('leaves out pairs whose groups are not both there, also when that leaves none', () => {
    expect(biasPairs(['Religion/Hindu', 'Religion/Muslim', 'Religion/Other', 'Nationality/Arab'])).toEqual([
      { x: 'Religion/Hindu', y: 'Religion/Muslim', name: 'Hindu-Muslim' },
    ]);
  });

  it('compares every two groups of another category, never across categories', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom('P', 'Q'), fc.stringMatching(/^[a-z]{1,3}$/)).map((g) => g.join('/'))),
        (groups) => {
          const expected = groups.flatMap((x) => groups.filter((y) => x[0] === y[0] && x < y).map((y) => `${x} ${y}`));
          const found = biasPairs(groups).map(({ x, y }) => `${x} ${y}`);
          expect(found.toSorted()).toEqual(expected.toSorted());
        },
      ),
    );
  });
});
