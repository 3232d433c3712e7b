import { expect, test } from 'vitest';
import { reportFor } from '../../test/support/report.ts';
import { storedReport } from './stored-report.ts';

const report = reportFor('diffusion-itm', { inside: 'model' });

test('a report is read as it was stored, and one without a place lies in the folder itself', () => {
  expect(storedReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const { inside: _, ...older } = report;
  expect(storedReport(older)).toEqual({ ...report, inside: '' });
});

test.each([
  ['nothing', null],
  ['another form', { inputSize: 64, checks: [] }],
  ['a kind that is not known', { ...report, kind: 'gan' }],
  ['a latent of two numbers', { ...report, latent: [4, 8] }],
])('%s is no report', (_, stored) => {
  expect(storedReport(stored)).toBeNull();
});
