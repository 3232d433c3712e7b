import { expect, test } from 'vitest';
import { startTestApi } from '../test/support/api.ts';
import { request } from '../test/support/graphql.ts';
import { evaluated, type Look, lookQuery, saysWhy, showsValue, stepDone, tableOf } from './start-times.ts';

const look = (values: (number | null)[][], states: Record<string, string[]> = {}): Look => ({
  leaderboard: { edges: values.map((row) => ({ node: { values: row } })) },
  submissions: Object.fromEntries(
    Object.entries(states).map(([name, all]) => [
      name,
      all.map((state) => ({ evaluation: { state, failure: { message: 'No room.' } } })),
    ]),
  ),
});

test('a value is shown once any row has one, and zero is a value', () => {
  expect(showsValue(look([]))).toBe(false);
  expect(showsValue(look([[null, null], [null]]))).toBe(false);
  expect(showsValue(look([[null, null], [0]]))).toBe(true);
});

test('the newest submission of a checkpoint says whether it is done; one that failed ends the bench', () => {
  expect(evaluated(look([], { a: ['DONE', 'FAILED'], b: ['SCORING'], c: [], d: ['DONE'] }))).toEqual(['a', 'd']);
  expect(() => evaluated(look([], { a: ['DONE'], b: ['FAILED'] }))).toThrow('of b ended as FAILED: No room.');
});

test('lines of npm start are read, other lines are not steps', () => {
  expect(stepDone('  Database: applying migrations: done in 2.6 s')).toBe('Database: applying migrations');
  expect(stepDone('▸ Database: applying migrations')).toBeUndefined();
  expect(stepDone('  Logs          /tmp/log')).toBeUndefined();
});

test('the reason of an early end is not the line that says what is being stopped, nor one of npm', () => {
  const lines = ['The disk is full: free some space.', '', 'Stopping: web worker api database ', 'npm error code 1'];
  expect(lines.filter(saysWhy)).toEqual(lines.slice(0, 1));
});

test('the table is in the order of time', () => {
  const moments = [
    { step: 'late', seconds: 12.34 },
    { step: 'early', seconds: 1 },
  ];
  expect(tableOf(moments)).toBe('    1.0 s  early\n   12.3 s  late');
});

test('the API answers the query', async () => {
  const api = await startTestApi();
  try {
    const answer = await request(api.url, lookQuery(['0'.repeat(64), '1'.repeat(64)]));
    expect(answer).toEqual({ leaderboard: { edges: [] }, c0: [], c1: [] });
  } finally {
    await api.close();
  }
});
