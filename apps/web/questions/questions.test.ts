import { boardMetrics } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import type { Side } from '../comparison/request.ts';
import { checkpointsOf, QUESTIONS } from './questions.ts';
import { type Candidate, standingOf, waitingFor } from './standing.ts';
import { type TwinRow, tasksOfOtherData, twinRows, twinVerdict } from './twins.ts';

describe('the questions', () => {
  /** Every accuracy that the board has a column of. */
  const columns = TASK_NAMES.filter((task) => TASKS[task].kind === 'accuracy').flatMap((task) =>
    boardMetrics(task).map((metric) => `${task}.${metric}`),
  );

  it.each(each(QUESTIONS))(
    '$id asks for metrics that have a paired test, each once, and of two checkpoints',
    (question) => {
      expect(QUESTIONS.filter(({ id }) => id === question.id)).toHaveLength(1);
      for (const name of each(checkpointsOf(question))) expect(name).toMatch(/^toy-/);
      if (question.kind === 'bias') return;
      expect(columns).toEqual(expect.arrayContaining([...question.metrics]));
      expect(new Set(question.metrics).size).toBe(question.metrics.length);
      for (const [a, b] of each(question.pairs)) expect(a).not.toBe(b);
    },
  );
});

describe('a checkpoint that a question needs', () => {
  const side = (state: Side['state'], more: Partial<Candidate> = {}): Candidate => ({
    id: 'id',
    submissionId: 'submission',
    state,
    protocol: 'diffusion-itm',
    samples: 10,
    seed: 0,
    limit: null,
    shardsDone: 2,
    shardsTotal: 5,
    checkpoint: { name: 'toy-ldm', sha256: '0', kind: 'DIFFUSION' },
    otherData: [],
    ...more,
  });

  it('is the newest that is DONE under the board’s own protocol', () => {
    const race = side('DONE', { id: 'race', protocol: 'diffusion-itm-adaptive' });
    const newest = side('DONE', { id: 'newest' });
    const all = [race, side('SCORING', { id: 'anew' }), newest, side('DONE', { id: 'older' })];
    expect(standingOf('toy-ldm', all).evaluation?.id).toBe('newest');
  });

  it('is not one that was scored on other data than the board has now', () => {
    const old = side('DONE', { id: 'old', otherData: ['pets', 'mmbias'] });
    expect(standingOf('toy-ldm', [old, side('DONE', { id: 'older' })]).evaluation?.id).toBe('older');
    expect(waitingFor([standingOf('toy-ldm', [side('SCORING'), old])])).toBe(
      'Waiting for toy-ldm (being scored, 40.0% of its shards are done).',
    );
    expect(waitingFor([standingOf('toy-ldm', [old])])).toBe(
      'Waiting for toy-ldm (scored on other data than the board has now, of pets, mmbias).',
    );
  });

  it('is waited for with what is missing', () => {
    const done = standingOf('toy-clip', [side('DONE')]);
    expect(waitingFor([done, done])).toBeNull();
    const missing = [
      standingOf('toy-itm', []),
      done,
      standingOf('toy-ldm', [side('SCORING')]),
      standingOf('toy-ldm-noneg', [side('FAILED')]),
      standingOf('toy-ldm-hardneg', null),
    ];
    expect(waitingFor(missing.slice(0, 2))).toBe('Waiting for toy-itm (not submitted yet).');
    expect(waitingFor(missing)).toBe(
      'Waiting for toy-itm (not submitted yet), toy-ldm (being scored, 40.0% of its shards are done), toy-ldm-noneg (its evaluation is FAILED) and toy-ldm-hardneg (it is not among the built-in checkpoints here).',
    );
    expect(waitingFor([standingOf('toy-ldm', [side('DONE', { protocol: 'diffusion-classifier' })])])).toBe(
      'Waiting for toy-ldm (not submitted yet).',
    );
  });
});

describe('the twins', () => {
  const measured = (effects: Record<string, readonly [value: number | null, p: number | null]>, dataVersion = 'v') => ({
    tasks: [...new Set(Object.keys(effects).map((id) => id.split('.')[0]!))].map((task) => ({
      task,
      dataVersion,
      edition: null,
    })),
    results: Object.entries(effects).flatMap(([id, [value, p]]) => {
      const [task = '', pair = ''] = id.split('.');
      return [
        { task, metric: `${pair}.effect_size`, value, low: null, high: null },
        { task, metric: `${pair}.p_value`, value: p, low: null, high: null },
      ];
    }),
  });

  it('are set side by side, p corrected over both, MMBias first', () => {
    const biased = measured({ 'genderbias.bags': [1.5, 0.01], 'mmbias.A-B': [1, 0.04], 'mmbias.A-C': [null, null] });
    const balanced = measured({ 'mmbias.A-B': [0.1, 0.5], 'mmbias.A-C': [0.2, 0.6], 'genderbias.bags': [0, 1] });
    const rows = twinRows(biased, balanced);
    expect(rows.map(({ title, aside }) => [title, aside])).toEqual([
      ['A–B', 'MMBias'],
      ['A–C', 'MMBias'],
      ['Bags', 'Gender bias'],
    ]);
    // five tests: 5 x 0.01, 4 x 0.04, and the rest beyond 1
    expect(rows.map((row) => row.biased.corrected)).toEqual([0.16, null, 0.05]);
    expect(rows.map((row) => row.balanced.corrected)).toEqual([1, 1, 1]);
    expect(rows.map((row) => row.biased.value)).toEqual([1, null, 1.5]);
  });

  it('are not compared on different data', () => {
    const one = measured({ 'mmbias.A-B': [1, 0.04] });
    expect(tasksOfOtherData(one, one)).toEqual([]);
    expect(tasksOfOtherData(one, measured({ 'mmbias.A-B': [1, 0.04] }, 'w'))).toEqual(['mmbias']);
    expect(tasksOfOtherData(one, measured({}))).toEqual(['mmbias']);
  });

  it('are judged by how many associations are significant in each', () => {
    const effect = (corrected: number) => ({ value: 1, low: null, high: null, corrected });
    const row = (biased: number, balanced: number): TwinRow => ({
      id: 'mmbias.A-B.effect_size',
      title: 'A–B',
      aside: 'MMBias',
      biased: effect(biased),
      balanced: effect(balanced),
    });
    const judged = (...rows: TwinRow[]) => twinVerdict(rows, 'biased', 'balanced');
    expect(judged(row(0.001, 0.5), row(0.3, 1))).toBe(
      'Yes: 1 of 2 associations are significant in biased, 0 in balanced.',
    );
    expect(judged(row(0.001, 0.01), row(0.01, 1))).toBe(
      'In part: 2 of 2 associations are significant in biased, 1 in balanced.',
    );
    expect(judged(row(0.05, 0.5))).toBe('No: 0 of 1 associations are significant in biased, 0 in balanced.');
    expect(judged()).toBe('Nothing could be compared.');
  });
});
