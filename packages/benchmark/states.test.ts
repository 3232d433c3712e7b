import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { each } from '../../test/support/each.ts';
import {
  CHECKPOINT,
  CHECKPOINT_EVENTS,
  CHECKPOINT_STATES,
  ENDED,
  type EndedState,
  EVALUATION,
  EVALUATION_EVENTS,
  EVALUATION_STATES,
  hasEnded,
  isStopped,
  isUnfinished,
  leadOf,
  leadOfCheckpoint,
  leadOfEvaluation,
  leadOfWork,
  PUBLIC_STATES,
  publicState,
  STOPPED,
  STORED_UNFINISHED,
  storedStates,
  type Transitions,
  UNDER_WAY,
  UNFINISHED,
  type UnfinishedState,
  WORK,
  WORK_EVENTS,
  WORK_STATES,
} from './states.ts';

describe('a table', () => {
  it('that lacks a cell, or a state, does not compile', () => {
    // @ts-expect-error what `stop` does in B is not said
    const lacksCell: Transitions<'A' | 'B', 'go' | 'stop'> = { A: { go: 'B', stop: null }, B: { go: null } };
    // @ts-expect-error B is not said
    const lacksState: Transitions<'A' | 'B', 'go'> = { A: { go: 'B' } };
    // @ts-expect-error C is no state
    const leadsAway: Transitions<'A', 'go'> = { A: { go: 'C' } };
    expect([lacksCell, lacksState, leadsAway]).toHaveLength(3);
  });

  it('whose event leads to two states, or to none, serves nobody', () => {
    const table: Transitions<'A' | 'B' | 'C', 'split' | 'never' | 'join'> = {
      A: { split: 'B', never: null, join: 'C' },
      B: { split: 'C', never: null, join: 'C' },
      C: { split: null, never: null, join: null },
    };
    expect(leadOf(table, ['A', 'B', 'C'], 'join')).toEqual({ from: ['A', 'B'], to: 'C' });
    expect(() => leadOf(table, ['A', 'B', 'C'], 'split')).toThrow('split leads to 2 states');
    expect(() => leadOf(table, ['A', 'B', 'C'], 'never')).toThrow('never leads to no state');
  });
});

const ROOT = join(import.meta.dirname, '../..');

/** All states that some events lead to, one after the other. */
function reached<State extends string, Event extends string>(table: Transitions<State, Event>, first: State) {
  const found = new Set([first]);
  for (const state of found)
    for (const next of Object.values<State | null>(table[state])) if (next !== null) found.add(next);
  return found;
}

const TABLES: [string, Transitions<string, string>, readonly string[]][] = [
  ['checkpoint', CHECKPOINT, CHECKPOINT_STATES],
  ['evaluation', EVALUATION, EVALUATION_STATES],
  ['work', WORK, WORK_STATES],
];
describe.each(TABLES)('an %s', (noun, table, states) => {
  it('can come into every state, and from every state to an end, if there is one', () => {
    expect(reached(table, states[0]!)).toEqual(new Set(states));
    const ends =
      noun === 'checkpoint'
        ? ['READY', 'REFUSED']
        : states.filter((state) => Object.values(table[state]!).every((next) => next === null));
    for (const state of each(states))
      expect(each(reached(table, state)).some((next) => ends.includes(next))).toBe(true);
  });
});

test('what is asked for can be cancelled until it ends', () => {
  for (const [noun, table, states] of each(TABLES)) {
    if (noun === 'checkpoint') continue;
    for (const state of each(states)) {
      const goesOn = Object.values(table[state]!).some((next) => next !== null);
      expect(table[state]!.cancel).toBe(goesOn ? 'CANCELLED' : null);
    }
  }
});

test('every event leads somewhere', () => {
  for (const event of Object.keys(CHECKPOINT_EVENTS) as (keyof typeof CHECKPOINT_EVENTS)[])
    expect(leadOfCheckpoint(event).from.length).toBeGreaterThan(0);
  for (const event of Object.keys(EVALUATION_EVENTS) as (keyof typeof EVALUATION_EVENTS)[])
    expect(leadOfEvaluation(event).from.length).toBeGreaterThan(0);
  for (const event of Object.keys(WORK_EVENTS) as (keyof typeof WORK_EVENTS)[])
    expect(leadOfWork(event).from.length).toBeGreaterThan(0);
});

test('the lists of states are what readers were promised of them', () => {
  // by the types too: a state that is not named here, or that is none of these, does not compile
  const ended: Record<EndedState, true> = { REFUSED: true, DONE: true, FAILED: true, CANCELLED: true };
  const unfinished: Record<UnfinishedState, true> = { UPLOADING: true, INSPECTING: true, QUEUED: true, SCORING: true };
  expect([...ENDED].sort()).toEqual(Object.keys(ended).sort());
  expect([...UNFINISHED].sort()).toEqual(Object.keys(unfinished).sort());
  expect(UNDER_WAY).toEqual(['INSPECTING', 'QUEUED', 'SCORING']);
  expect(STOPPED).toEqual(['REFUSED', 'FAILED', 'CANCELLED']);
  for (const state of PUBLIC_STATES) {
    expect([hasEnded(state), isUnfinished(state)]).toEqual([state in ended, state in unfinished]);
    expect(isStopped(state)).toBe(state in ended && state !== 'DONE');
  }
});

test('every way in which an evaluation is stored is shown as one state, and found by it', () => {
  const shown = new Map(PUBLIC_STATES.map((state) => [state, storedStates(state)]));
  for (const [state, stored] of shown)
    for (const { state: own, checkpoint } of each(stored))
      for (const of of checkpoint === null ? CHECKPOINT_STATES : [checkpoint]) expect(publicState(own, of)).toBe(state);
  // in each of its states an evaluation is found by one word, and while it waits by those of its checkpoint
  expect([...shown.values()].flat().map(({ state, checkpoint }) => [state, checkpoint])).toEqual(
    expect.arrayContaining(EVALUATION_STATES.flatMap((state) => (state === 'WAITING' ? [] : [[state, null]]))),
  );
  expect(storedStates('UPLOADING')).toEqual([{ state: 'WAITING', checkpoint: 'UPLOADING' }]);
  expect(storedStates('INSPECTING')).toEqual([{ state: 'WAITING', checkpoint: 'INSPECTING' }]);
  for (const checkpoint of ['READY', 'REFUSED'] as const)
    expect(() => publicState('WAITING', checkpoint)).toThrow(checkpoint);
  expect(STORED_UNFINISHED).toEqual(['WAITING', 'QUEUED', 'SCORING']);
});

test('no other file lists states', () => {
  const names = [
    ...new Set<string>([...CHECKPOINT_STATES, ...EVALUATION_STATES, ...PUBLIC_STATES, ...WORK_STATES]),
  ].join('|');
  const list = new RegExp(`['"](${names})['"]\\s*(,|\\|\\|?|&&|OR)\\s*([\\w.?]+ [!=]==? )?['"](${names})['"]`);
  const files = execFileSync('git', ['ls-files', '--', '*.ts', '*.tsx', '*.mjs'], { cwd: ROOT, encoding: 'utf8' });
  const sources = files
    .split('\n')
    .filter((file) => file !== '' && !/\.test\.tsx?$|^packages\/benchmark\/states\.ts$/.test(file));
  expect(sources.length).toBeGreaterThan(400);
  expect(
    sources.filter((file) => existsSync(join(ROOT, file)) && list.test(readFileSync(join(ROOT, file), 'utf8'))),
  ).toEqual([]);
  // it sees one where it is
  expect(list.test(readFileSync(join(ROOT, 'packages/benchmark/states.ts'), 'utf8'))).toBe(true);
});
