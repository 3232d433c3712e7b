import { ask } from '@gdbench/schema/ask';
import { expect, test } from 'vitest';
import { startTestApi } from '../test/support/api.ts';
import { planned } from '../test/support/evaluation.ts';
import { BudgetsDocument, type EvaluationState, LookDocument } from './generated/graphql.ts';
import {
  type Budget,
  budgets,
  evaluated,
  lineOf,
  newestOf,
  pageShows,
  percents,
  saysWhy,
  showsValue,
  stepDone,
} from './start-times.ts';

const look = (values: (number | null)[][]) => ({
  leaderboard: { edges: values.map((row) => ({ node: { values: row } })) },
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

test('the newest evaluation of a checkpoint says whether it is done; one that failed ends the bench', () => {
  const names = new Map(['a', 'b', 'c', 'd'].map((name) => [`sha256 of ${name}`, name]));
  const of = (name: string, state: EvaluationState) => ({
    checkpoint: { sha256: `sha256 of ${name}` },
    state,
    failure: { message: 'No room.' },
  });
  const all = [of('d', 'DONE'), of('another', 'FAILED'), of('b', 'SCORING'), of('a', 'DONE'), of('a', 'FAILED')];
  expect(evaluated(newestOf(names, all))).toEqual(['a', 'd']);
  expect(() => evaluated(newestOf(names, [of('b', 'FAILED'), ...all]))).toThrow('of b ended as FAILED: No room.');
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

test('checkpoints of one budget share a line, which says samples and examples', () => {
  const budget = (samples: number | null, limit: number | null, examples: number): Omit<Budget, 'checkpoint'> => ({
    samples,
    limit,
    tasks: [
      { task: 'clevr', examples },
      { task: 'pets', examples: 111 },
    ],
  });
  const asked = new Map([
    ['a', budget(null, null, 2800)],
    ['b', budget(10, 5, 35)],
    ['c', budget(null, null, 2800)],
    ['e', { samples: 3, limit: null, tasks: [] }],
  ]);
  expect(budgets(asked)).toBe(
    'a, c: nothing sampled; all examples: clevr 2800, pets 111\nb: 10 samples; at most 5 examples a subtask or group: clevr 35, pets 111',
  );
});

test('the API answers the queries', async () => {
  const api = await startTestApi();
  try {
    const empty = { leaderboard: { edges: [] }, evaluations: { edges: [] } };
    expect(await ask(api.url, LookDocument, {})).toEqual(empty);
    await planned(api.db, { shards: { clevr: [3, 2], mmbias: [2] } });
    const nodes = (await ask(api.url, BudgetsDocument, {})).evaluations.edges.map(({ node }) => node);
    expect(nodes).toHaveLength(1);
    expect(budgets(newestOf(new Map([[nodes[0]!.checkpoint.sha256, 'a']]), nodes))).toBe(
      'a: nothing sampled; all examples: clevr 5, mmbias 2',
    );
  } finally {
    await api.close();
  }
});
