import { boardMetrics } from '@gdbench/benchmark/display';
import { REPORTED_BIAS, REPORTED_CLEVR } from '@gdbench/benchmark/reported';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { BIAS_CAUTION } from '@gdbench/benchmark/tasks';
import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { BiasTable } from './bias.tsx';
import { Citation } from './citation.tsx';
import { ClevrTable } from './clevr.tsx';
import { HumanTable } from './human.tsx';
import { UnthresholdedTable } from './unthresholded.tsx';

/** Every column of a board whose data have the paper's pairs. */
const COLUMNS = new Set(
  TASK_NAMES.flatMap((task) =>
    boardMetrics(
      task,
      REPORTED_BIAS.rows.map(({ x, y }) => `${x}-${y}.effect_size`),
    ).map((metric) => `${task}.${metric}`),
  ),
);
type Table = FunctionComponent<{ columns: ReadonlySet<string> }>;
const html = (component: Table, columns: ReadonlySet<string> = COLUMNS) =>
  renderToStaticMarkup(createElement(component, { columns }));
const words = (markup: string) =>
  markup
    .replace(/<sup\b.*?<\/sup>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
/** The words of each cell of each row; marks of notes are left out. */
const cells = (markup: string) =>
  [...markup.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...(row ?? '').matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => words(cell ?? '')),
  );

describe.each([
  ['clevr', ClevrTable, 'Table 6, appendix E'],
  ['bias', BiasTable, 'Table 5, appendix D'],
  ['human', HumanTable, 'appendix B'],
  ['unthresholded', UnthresholdedTable, 'appendix F'],
] as const)('the table %s', (_name, component, place) => {
  const markup = html(component);

  it('says that it is reported, by whom and where', () => {
    expect(words(markup)).toContain('reported');
    expect(words(markup)).toContain(`Krojer et al. , NeurIPS 2023, ${place}`);
  });

  it('names its table by its heading, has a head for each column, and is as wide in every row', () => {
    const [, label] = /<table[^>]*aria-labelledby="([^"]+)"/.exec(markup) ?? [];
    expect(markup).toContain(`<h2 id="${label}">`);
    const [head, ...rows] = cells(markup);
    expect(each(head!).every((cell) => cell !== '')).toBe(true);
    for (const row of each(rows)) expect(row).toHaveLength(head?.length ?? 0);
    expect(markup.match(/<th scope="row"/g)).toHaveLength(rows.length);
  });

  it('leads from each mark to a note that is there, and leaves no note unmarked', () => {
    const marks = [...markup.matchAll(/<sup[^>]*><a href="#([^"]+)"/g)].map(([, id]) => id);
    const notes = [...markup.matchAll(/<li id="([^"]+)"/g)].map(([, id]) => id);
    expect([...new Set(marks)].sort()).toEqual([...notes].sort());
  });
});

it.each([
  ['clevr', ClevrTable, 8],
  ['bias', BiasTable, 4],
  ['unthresholded', UnthresholdedTable, 2],
] as const)('the rows of %s lead to the columns that the board has, and to no other', (_name, component, rows) => {
  const sorted = (columns: ReadonlySet<string>) =>
    [...html(component, columns).matchAll(/href="\/\?sort=([^&]+)&amp;show=all"/g)].map(([, metric]) => metric!);
  const all = sorted(COLUMNS);
  expect(new Set(all).size).toBe(rows);
  for (const metric of each(all)) expect(COLUMNS).toContain(metric);
  const without = new Set([...COLUMNS].filter((metric) => metric !== all[0]));
  expect(sorted(without)).toEqual(all.slice(1));
  expect(cells(html(component, new Set()))).toEqual(cells(html(component)));
});

it('CLEVR shows every figure with chance, the average last', () => {
  const [, ...rows] = cells(html(ClevrTable));
  const figures = [...REPORTED_CLEVR.rows.map(({ values }) => values), REPORTED_CLEVR.average];
  expect(rows.map((row) => row.slice(1))).toEqual(
    figures.map((values) => [...values.map((value) => value.toFixed(1)), '50.0']),
  );
  expect(rows.at(-1)?.[0]).toBe('Average');
});

it('bias shows every effect with its sign and star, the other pool where it is, and the caution', () => {
  const markup = html(BiasTable);
  const [, ...rows] = cells(markup);
  const read = (cell: string) => ({ value: Number(cell.split(' ')[0]?.replace('−', '-')), star: cell.includes('*') });
  expect(rows.map((row) => row.slice(1).map(read))).toEqual(REPORTED_BIAS.rows.map(({ effects }) => effects));
  const pooled = [...markup.matchAll(/>([^<]*)<\/a><sup[^>]*><a href="#reported-bias-note-2"/g)].map(
    ([, pair]) => pair,
  );
  expect(pooled).toEqual(['Buddhist–Hindu', 'Buddhist–Jewish']);
  expect(words(markup)).toContain(BIAS_CAUTION);
});

it('the citation can be read and copied', () => {
  const text = words(html(Citation));
  expect(text).toContain('Copy BibTeX');
  expect(text).toContain('title = {Are Diffusion Models Vision-And-Language Reasoners?}');
});
