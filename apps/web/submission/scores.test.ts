import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { EvaluationPageFragment, TasksQuery } from '../generated/graphql.ts';
import { Scores } from './scores.tsx';

type Task = TasksQuery['tasks'][number];

const task = (name: string, title: string, dataVersion: string | null): Task => ({
  name,
  title,
  capability: 'Recognition',
  question: '',
  formula: '',
  kind: 'ACCURACY',
  interval: 'WILSON',
  dataVersion,
  examples: dataVersion === null ? null : 4,
  unavailable: dataVersion === null ? 'It is not there.' : null,
  notes: [],
  edition: null,
  metrics: [],
});
const TASKS = [task('clevr', 'CLEVR', 'v2'), task('pets', 'Pets', 'v3'), task('svo_verb', 'SVO verbs', null)];

/** The words of what is shown of an evaluation of one task. */
function shown(name: string, dataVersion: string, otherData: readonly string[]): string {
  const tasks = [{ task: name, dataVersion, examples: 4, examplesDone: 4, shardsDone: 1, shardsTotal: 1, ties: 0 }];
  const evaluation = { state: 'DONE', results: [], tasks } as unknown as EvaluationPageFragment;
  const dataSet = { name: 'squares', version: '2', sha256: 'abcdef0123456789' };
  const markup = renderToStaticMarkup(createElement(Scores, { evaluation, dataSet, otherData, tasks: TASKS }));
  return markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

it('names the data set below the scores, and what of it was not scored', () => {
  const words = shown('pets', 'v3', []);
  expect(words).toContain('Data set squares 2 sha256 abcdef01');
  expect(words).toContain('Not scored on CLEVR');
  expect(words).not.toContain('SVO');
  expect(words).not.toContain('other data');
});

it('never sets the data set of now beside scores of other data', () => {
  const words = shown('clevr', 'v1', ['clevr']);
  expect(words).toContain('data v1 , the board has other data now');
  expect(words).toContain('Data set another than the board has now, in CLEVR');
  expect(words).not.toContain('squares');
});

it('says of which edition the data of its scores are, and that a part has no rank', () => {
  const edition = { state: 'PART', name: 'official', examples: 4, of: 400 };
  const tasks = [
    { task: 'pets', dataVersion: 'v3', examples: 4, examplesDone: 4, shardsDone: 1, shardsTotal: 1, ties: 0, edition },
  ];
  const evaluation = { state: 'DONE', results: [], tasks } as unknown as EvaluationPageFragment;
  const dataSet = { name: null, version: null, sha256: 'abcdef0123456789' };
  const words = renderToStaticMarkup(createElement(Scores, { evaluation, dataSet, otherData: [], tasks: TASKS }))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(words).toContain('4 examples · 0 ties · part, 4 of 400');
  expect(words).toContain('Edition a part, without a rank: Pets (4 of 400)');
});
