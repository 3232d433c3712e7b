import { describe, expect, it } from 'vitest';
import { evaluateCommand } from './command.ts';
import { stagesOf } from './stages.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const now = Date.parse(at(100));
const start = {
  stateSince: at(60),
  createdAt: at(0),
  uploadedAt: null,
  inspectedAt: null,
  startedAt: null,
  finishedAt: null,
  bytesStored: 1_000_000,
  bytesTotal: 5_100_000,
  place: null,
  secondsLeft: null,
  shardsDone: 0,
  shardsTotal: 0,
  checkpoint: { checks: [] },
  tasks: [],
};
const scored = { ...start, uploadedAt: at(2), inspectedAt: at(6), startedAt: at(20), shardsDone: 41, shardsTotal: 96 };

const marks = (evaluation: Parameters<typeof stagesOf>[0]) => stagesOf(evaluation, now).map(({ mark }) => mark);

describe('stages of a submission', () => {
  it('go from left to right, one now, the rest ahead', () => {
    expect(marks({ ...start, state: 'UPLOADING' })).toEqual(['now', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(marks({ ...scored, state: 'SCORING' })).toEqual(['done', 'done', 'done', 'now', 'ahead']);
    expect(marks({ ...scored, state: 'DONE', finishedAt: at(90) })).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  it('stop where the evaluation stopped', () => {
    expect(marks({ ...start, uploadedAt: at(2), state: 'REFUSED' })).toEqual([
      'done',
      'stopped',
      'ahead',
      'ahead',
      'ahead',
    ]);
    expect(marks({ ...scored, state: 'FAILED' })).toEqual(['done', 'done', 'done', 'stopped', 'ahead']);
    expect(marks({ ...start, state: 'CANCELLED' })).toEqual(['stopped', 'ahead', 'ahead', 'ahead', 'ahead']);
  });

  it('say how long each took, and how far the present one is', () => {
    const notes = stagesOf({ ...scored, state: 'SCORING', secondsLeft: 180 }, now).map(({ note }) => note);
    expect(notes).toEqual([
      '5.1 MB in 2 s',
      'accepted',
      'waited 14 s',
      '41 of 96 shards, 3 min left',
      'in about 3 min',
    ]);
    expect(stagesOf({ ...start, state: 'UPLOADING' }, now)[0]?.note).toBe('1 MB of 5.1 MB, for 40 s');
  });

  it.each([
    ['whole data', 'clevr', 'WHOLE', 'on the board'],
    ['a part', 'clevr', 'PART', 'on the board, without a rank'],
    ['data of no edition that is known', 'clevr', 'UNKNOWN', 'on the board, without a rank'],
    ['another task alone', 'winoground', 'WHOLE', 'on the board, without a rank'],
  ] as const)('end with a rank only where the task that ranks has whole data: %s', (_, task, state, note) => {
    const tasks = [{ task, edition: { state, name: null, examples: 10, of: null } }];
    expect(stagesOf({ ...scored, state: 'DONE', finishedAt: at(90), tasks }, now)[4]).toMatchObject({ note });
  });
});

describe('the command that repeats a measurement', () => {
  const builtin = { name: 'builtin' };

  it('names what was set and nothing that is not sampled', () => {
    expect(evaluateCommand({ protocol: 'diffusion-itm', samples: 10, seed: 0, limit: null }, builtin)).toBe(
      'npx gdbench evaluate DIR --samples 10 --seed 0',
    );
    expect(evaluateCommand({ protocol: 'cosine', samples: null, seed: null, limit: 24 }, builtin)).toBe(
      'npx gdbench evaluate DIR --limit 24',
    );
    expect(evaluateCommand({ protocol: 'diffusion-classifier', samples: 50, seed: 1 }, builtin)).toBe(
      'npx gdbench evaluate DIR --protocol diffusion-classifier --samples 50 --seed 1',
    );
  });

  it('asks for the data root where the board has other data than the command has by itself', () => {
    for (const name of ['official', null])
      expect(evaluateCommand({ protocol: 'cosine' }, { name })).toBe('npx gdbench evaluate DIR --data ROOT');
  });
});
