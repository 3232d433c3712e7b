import { expect, test } from 'vitest';
import { startTestApi } from '../test/support/api.ts';
import { planned } from '../test/support/evaluation.ts';
import { request } from '../test/support/graphql.ts';
import {
  type Budget,
  budgetQuery,
  budgets,
  evaluated,
  type Look,
  lineOf,
  lookQuery,
  pageShows,
  percents,
  saysWhy,
  showsValue,
  stepDone,
} from './start-times.ts';

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

test('a page shows a measured value when a figure of its own says it', () => {
  const figures = percents(look([[null, 0.9158], [0]]));
  expect(figures).toEqual(['91.6', '0.0']);
  expect(pageShows('<td><span>91.6<small>±0.9</small></span></td>', figures)).toBe(true);
  expect(pageShows('<svg><path d="M 91.6 0.0"/></svg><p>191.6</p>', figures)).toBe(false);
  expect(pageShows('<td>91.6</td>', [])).toBe(false);
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

test('moments are in columns', () => {
  const moments = [
    { step: 'early', seconds: 1 },
    { step: 'late', seconds: 123.46 },
  ];
  expect(moments.map(lineOf)).toEqual(['    1.0 s  early', '  123.5 s  late']);
});

test('checkpoints of one budget share a line, which says samples and examples of the newest submission', () => {
  const budget = (samples: number | null, limit: number | null, examples: number): Budget => ({
    evaluation: {
      samples,
      limit,
      tasks: [
        { task: 'clevr', examples },
        { task: 'pets', examples: 111 },
      ],
    },
  });
  const submissions = {
    a: [budget(null, null, 2800)],
    b: [budget(10, 5, 35)],
    c: [budget(null, null, 2800), budget(3, 1, 7)],
    d: [],
    e: [{ evaluation: { samples: 3, limit: null, tasks: [] } }],
  };
  expect(budgets(submissions)).toBe(
    'a, c: nothing sampled; all examples: clevr 2800, pets 111\nb: 10 samples; at most 5 examples a subtask or group: clevr 35, pets 111',
  );
});

test('the API answers the queries', async () => {
  const api = await startTestApi();
  try {
    const answer = await request(api.url, lookQuery(['0'.repeat(64), '1'.repeat(64)]));
    expect(answer).toEqual({ leaderboard: { edges: [] }, c0: [], c1: [] });
    const { evaluationId } = await planned(api.db, { shards: { clevr: [3, 2], mmbias: [2] } });
    const { evaluation } = await request<{ evaluation: { checkpoint: { sha256: string } } }>(
      api.url,
      `{ evaluation(id: "${evaluationId}") { checkpoint { sha256 } } }`,
    );
    const asked = await request<Record<string, Budget[]>>(api.url, budgetQuery([evaluation.checkpoint.sha256]));
    expect(budgets({ a: asked.c0! })).toBe('a: nothing sampled; all examples: clevr 5, mmbias 2');
  } finally {
    await api.close();
  }
});
