import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { each } from '../../test/support/each.ts';
import {
  ENDED,
  type EndedState,
  EVALUATION,
  EVALUATION_EVENTS,
  EVALUATION_STATES,
  hasEnded,
  isStopped,
  isUnfinished,
  leadOf,
  leadOfEvaluation,
  leadOfWork,
  STOPPED,
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
  ['evaluation', EVALUATION, EVALUATION_STATES],
  ['work', WORK, WORK_STATES],
];
describe.each(TABLES)('an %s', (_noun, table, states) => {
  it('can come into every state, and from every state to an end', () => {
    expect(reached(table, states[0]!)).toEqual(new Set(states));
    const ends = states.filter((state) => Object.values(table[state]!).every((next) => next === null));
    for (const state of each(states))
      expect(each(reached(table, state)).some((next) => ends.includes(next))).toBe(true);
  });

  it('can be cancelled until it ends', () => {
    for (const state of each(states)) {
      const goesOn = Object.values(table[state]!).some((next) => next !== null);
      expect(table[state]!.cancel).toBe(goesOn ? 'CANCELLED' : null);
    }
  });
});

test('every event leads somewhere', () => {
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
  for (const state of EVALUATION_STATES) {
    expect([hasEnded(state), isUnfinished(state)]).toEqual([state in ended, state in unfinished]);
    expect(isStopped(state)).toBe(state in ended && state !== 'DONE');
  }
});

test('no other file lists states', () => {
  const names = [...new Set<string>([...EVALUATION_STATES, ...WORK_STATES])].join('|');
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
