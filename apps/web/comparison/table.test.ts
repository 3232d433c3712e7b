import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { corrected, uncorrected } from './findings.ts';
import type { Side } from './request.ts';
import { FindingsTable } from './table.tsx';

const side = (name: string): Side => ({
  id: name,
  submissionId: name,
  state: 'DONE',
  protocol: 'cosine',
  samples: null,
  seed: null,
  limit: null,
  shardsDone: 1,
  shardsTotal: 1,
  checkpoint: { name, sha256: '0', kind: 'DUAL_ENCODER' },
});
const metric = {
  n: 400,
  a: 0.8,
  b: 0.5,
  difference: 0.3,
  low: 0.25,
  high: 0.36,
  test: 'MCNEMAR',
  onlyA: 150,
  onlyB: 30,
} as const;

it('shows of each metric both values, the difference with its interval, corrected p, and who alone is right how often', () => {
  const tasks = [
    {
      task: 'clevr',
      metrics: [
        { ...metric, metric: 'spatial', p: 0.004 },
        { ...metric, metric: 'average', difference: -0.01, low: -0.05, high: 0.02, p: 0.4 },
      ],
    },
    {
      task: 'pets',
      metrics: [
        { ...metric, metric: 'accuracy', a: null, b: null, difference: null, low: null, high: null, p: null, n: 0 },
      ],
    },
  ];
  const [findings = []] = corrected([uncorrected(tasks, ['clevr.spatial', 'clevr.average', 'pets.accuracy'])]);
  const table = createElement(FindingsTable, { label: 'Two', findings, left: side('one'), right: side('other') });
  const words = (cell: string) =>
    cell
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const rows = [...renderToStaticMarkup(table).matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row]) =>
    [...(row ?? '').matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => words(cell ?? '')),
  );
  expect(rows.slice(1)).toEqual([
    ['Left, right CLEVR', '80.0', '50.0', '+30.0 [25.0, 36.0] , A is better', '0.008', '150, 30', '400'],
    ['CLEVR macro of 7', '80.0', '50.0', '−1.0 [−5.0, 2.0] , no difference found', '0.400', '150, 30', '400'],
    ['Pets accuracy', 'no examples'],
  ]);
});
