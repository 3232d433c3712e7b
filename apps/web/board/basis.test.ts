import { expect, it } from 'vitest';
import { budgetsOf, dataSetName } from './basis.ts';

const rows = (...samples: (number | null)[]) => samples.map((one) => ({ evaluation: { samples: one } }));

it('names each sampling budget once, in order of size, and none where nothing is sampled', () => {
  expect(budgetsOf([])).toBeNull();
  expect(budgetsOf(rows(null, null))).toBeNull();
  expect(budgetsOf(rows(25, null, 25))).toBe('25');
  expect(budgetsOf(rows(250, 25))).toBe('25 or 250');
  expect(budgetsOf(rows(250, 25, null, 10, 25))).toBe('10, 25 or 250');
});

it('names the data set as it names itself', () => {
  expect(dataSetName({ name: 'builtin', version: '1', sha256: null })).toBe('builtin 1');
  expect(dataSetName({ name: null, version: null, sha256: 'ab' })).toBeNull();
});
