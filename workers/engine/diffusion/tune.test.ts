import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import type { Lane } from './lane.ts';
import { Lanes } from './lanes.ts';
import { DEFAULT_BATCH, describeChoice, type Setting, type TuneOptions, tune } from './tune.ts';
import type { GraphRow } from './unet-graph.ts';

/** A machine whose clock moves only when batches run. */
interface Machine {
  /** Milliseconds that a batch keeps the whole machine. */
  readonly cost: (setting: Setting) => number;
  /** Bytes that stay resident after a batch. */
  readonly bytes?: (setting: Setting) => number;
  readonly fails?: (setting: Setting) => boolean;
}

const row: GraphRow = {
  z0: new Float32Array(1),
  eps: new Float32Array(1),
  text: { id: 1, hidden: new Float32Array(1), pooled: null, byteLength: 4 },
  k: 0,
};

async function choose(machine: Machine, options: Partial<TuneOptions> = {}) {
  let [now, resident, open] = [0, 0, 0];
  const ran: number[] = [];
  const { choice, lanes } = await tune({
    cores: 4,
    pins: {},
    open: async (sessions, threads) => {
      open += 1;
      const lane = (): Lane => ({
        depth: 1,
        async errors(rows) {
          const setting = { batch: rows.length, sessions, threads };
          if (machine.fails?.(setting)) throw new Error('out of memory');
          ran.push(rows.length);
          now += machine.cost(setting);
          resident = Math.max(resident, machine.bytes?.(setting) ?? 0);
          return new Float32Array(rows.length);
        },
        close: async () => {},
      });
      const made = new Lanes(Array.from({ length: sessions }, lane));
      const close = made.close.bind(made);
      made.close = async () => {
        open -= 1;
        await close();
      };
      return made;
    },
    rows: (count) => Array<GraphRow>(count).fill(row),
    rowMs: 1,
    rowBytes: 0,
    budgetMs: 100_000,
    memoryBytes: 1e9,
    weightBytes: 1,
    residentBytes: () => resident,
    clock: () => now,
    ...options,
  });
  const left = open;
  await lanes.close();
  const { batch, threads, sessions } = choice;
  return { chosen: { batch, threads, sessions }, tried: choice.tried, left, ran, line: describeChoice(choice) };
}

describe('how a U-Net is run', () => {
  it('is the fastest batch, and more sessions where they are faster', async () => {
    const batches = await choose({ cost: ({ batch }) => 4 + batch / 4 });
    expect(batches.chosen).toEqual({ batch: 32, threads: 4, sessions: 1 });
    const sessions = await choose({ cost: ({ batch, threads }) => 10 + batch * threads });
    expect(sessions.chosen).toMatchObject({ threads: 1, sessions: 4 });
    expect(sessions.line).toContain('4 sessions of 1 thread');
  });

  it('is the smaller batch where a larger one gains nothing, and one session where more gain nothing', async () => {
    const { chosen, left } = await choose({ cost: ({ batch }) => batch });
    expect(chosen).toEqual({ batch: 4, threads: 4, sessions: 1 });
    // The sessions that were only tried are closed.
    expect(left).toBe(1);
  });

  it('keeps to what is pinned', async () => {
    const machine: Machine = { cost: ({ batch, threads }) => 10 + batch * threads };
    expect(each((await choose(machine, { pins: { batch: 5 } })).ran).every((rows) => rows === 5)).toBe(true);
    expect((await choose(machine, { pins: { threads: 4 } })).chosen).toMatchObject({ threads: 4, sessions: 1 });
    expect((await choose(machine, { pins: { sessions: 2 } })).chosen).toMatchObject({ threads: 2, sessions: 2 });
    const all = await choose(machine, { pins: { batch: 3, threads: 1, sessions: 2 } });
    expect([all.chosen, all.tried]).toEqual([{ batch: 3, threads: 1, sessions: 2 }, []]);
  });

  it('stays within the memory', async () => {
    const machine: Machine = { cost: () => 10, bytes: ({ batch, sessions }) => 100 * batch * sessions };
    const { chosen, ran } = await choose(machine, { memoryBytes: 2_000 });
    expect(chosen).toEqual({ batch: 16, threads: 4, sessions: 1 });
    expect(Math.max(...ran)).toBe(16);
  });

  it('takes the largest batch that the device could hold', async () => {
    const { chosen } = await choose({ cost: () => 10, fails: ({ batch }) => batch > 16 });
    expect(chosen.batch).toBe(16);
    await expect(choose({ cost: () => 10, fails: () => true })).rejects.toThrow('out of memory');
  });

  it('counts the session that stays while another layout is tried', async () => {
    const machine: Machine = { cost: ({ batch, threads }) => 10 + batch * threads };
    const { tried } = await choose(machine, { weightBytes: 10, memoryBytes: 29 });
    expect(new Set(tried.map(({ sessions }) => sessions))).toEqual(new Set([1]));
    expect((await choose(machine, { weightBytes: 10, memoryBytes: 30 })).chosen.sessions).toBe(2);
  });

  it('is a batch that the memory holds where nothing can be measured', async () => {
    const slow = (options: Partial<TuneOptions>) =>
      choose({ cost: () => 1e6 }, { rowMs: 1e6, rowBytes: 10, ...options });
    const batches = [161, 160, 41, 40, 5].map(async (memoryBytes) => (await slow({ memoryBytes })).chosen.batch);
    expect(await Promise.all(batches)).toEqual([16, 4, 4, 1, 1]);
    expect((await slow({ memoryBytes: 5, pins: { batch: 8 } })).chosen.batch).toBe(8);
    expect((await slow({ memoryBytes: 162, pins: { sessions: 2 } })).chosen).toMatchObject({ batch: 4, sessions: 2 });
  });

  it('measures nothing where a few batches would take longer than the budget', async () => {
    const { chosen, tried, ran } = await choose({ cost: () => 1e6 }, { rowMs: 1e6 });
    expect([chosen, tried, ran]).toEqual([{ batch: DEFAULT_BATCH, threads: 4, sessions: 1 }, [], []]);
  });
});
