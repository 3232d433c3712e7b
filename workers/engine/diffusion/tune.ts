import type { Lanes } from './lanes.ts';
import type { GraphRow } from './unet-graph.ts';

/** How a U-Net is run. */
export interface Setting {
  /** Rows that go through a session at once. */
  readonly batch: number;
  /** Threads of one operator. */
  readonly threads: number;
  /** Sessions side by side, each with the weights of its own. */
  readonly sessions: number;
}

export interface Choice extends Setting {
  /** What was measured, in rows a second; empty where nothing was. */
  readonly tried: readonly (Setting & { readonly rowsPerSecond: number })[];
  readonly seconds: number;
}

export interface TuneOptions {
  readonly cores: number;
  readonly pins: Partial<Setting>;
  /** Rows that a graph insists on count as a pin. */
  readonly open: (sessions: number, threads: number) => Promise<Lanes>;
  /** Rows to measure with, of one sample. */
  readonly rows: (count: number) => GraphRow[];
  /** How long one row took by itself. */
  readonly rowMs: number;
  /** Bytes that a row adds to a batch, as far as that is known; what is measured may be more. */
  readonly rowBytes: number;
  readonly budgetMs: number;
  /** Resident bytes that may be added, and those that a session's weights take. */
  readonly memoryBytes: number;
  readonly weightBytes: number;
  readonly residentBytes?: () => number;
  /** Milliseconds. */
  readonly clock?: () => number;
}

const BATCHES = [4, 16, 32];
/** What runs where there is no time to measure it. */
export const DEFAULT_BATCH = 16;
const DEFAULT_BATCHES = [DEFAULT_BATCH, 4];
/** Another layout must be this much faster to be taken; a smaller batch may be this much slower. */
const GAIN = 1.03;
const TRIAL_MS = 150;
/** Sessions that take longer than this to load are not loaded only to be tried. */
const LONGEST_LOAD_MS = 5_000;

type Trial = Choice['tried'][number];

/** The batch to run where there is no time to measure it: the largest of a few that the memory holds, a row at least. */
export function defaultBatch(
  sessions: number,
  { memoryBytes, weightBytes, rowBytes }: Pick<TuneOptions, 'memoryBytes' | 'weightBytes' | 'rowBytes'>,
): number {
  return DEFAULT_BATCHES.find((batch) => sessions * (batch * rowBytes + weightBytes) <= memoryBytes) ?? 1;
}

/**
 * Chooses batch, threads and sessions by running a few batches of each, within the memory and the budget, which does not count
 * loading. Batches are tried in ascending order with one session, then the chosen batch with more sessions of fewer threads each.
 *
 * @returns the choice, and the lanes that it runs in.
 */
export async function tune(options: TuneOptions): Promise<{ choice: Choice; lanes: Lanes }> {
  const { cores, pins, open, memoryBytes, weightBytes } = options;
  const resident = options.residentBytes ?? (() => process.memoryUsage.rss());
  const clock = options.clock ?? (() => performance.now());
  const start = clock();
  const tried: Trial[] = [];
  let left = options.budgetMs;
  let { rowMs, rowBytes } = options;
  const measure = async (lanes: Lanes, setting: Setting): Promise<Trial> => {
    const [before, began] = [resident(), clock()];
    const rowsPerSecond = await rate(lanes, setting, options.rows(setting.batch), clock);
    left -= clock() - began;
    rowBytes = Math.max(rowBytes, (resident() - before) / (setting.batch * setting.sessions));
    rowMs = Math.min(rowMs, (1000 * setting.sessions) / rowsPerSecond);
    const trial = { ...setting, rowsPerSecond };
    tried.push(trial);
    return trial;
  };
  /** @param open sessions that stay meanwhile. */
  const fits = ({ batch, sessions }: Setting, open = 0) =>
    sessions * (batch * rowBytes + weightBytes) + open * weightBytes <= memoryBytes && TRIALS * batch * rowMs <= left;

  const [layout, ...others] = layoutsOf(cores, pins);
  const opening = clock();
  let lanes = await open(layout!.sessions, layout!.threads);
  const loadMs = clock() - opening;
  let best: Setting = { ...layout!, batch: pins.batch ?? defaultBatch(layout!.sessions, options) };
  try {
    const batches = pins.batch === undefined ? BATCHES : others.length > 0 ? [pins.batch] : [];
    for (const batch of batches) {
      const setting = { ...layout!, batch };
      if (!fits(setting)) break;
      // One that is too large for the device's memory fails: those that ran before it stay.
      const trial = await measure(lanes, setting).catch((error) =>
        tried.length > 0 ? undefined : Promise.reject(error),
      );
      if (!trial) break;
    }
    const fastest = Math.max(...tried.map(({ rowsPerSecond }) => rowsPerSecond));
    let first = tried.find(({ rowsPerSecond }) => rowsPerSecond * GAIN >= fastest);
    if (first) best = settingOf(first);
    for (const other of others) {
      const setting = { ...other, batch: best.batch };
      if (!first || loadMs > LONGEST_LOAD_MS || !fits(setting, best.sessions)) continue;
      const rivals = await open(setting.sessions, setting.threads);
      const trial = await measure(rivals, setting).catch(() => undefined);
      const won = trial !== undefined && trial.rowsPerSecond > first.rowsPerSecond * GAIN;
      const loser = won ? lanes : rivals;
      if (won) [lanes, best, first] = [rivals, setting, trial];
      await loser.close();
    }
  } catch (error) {
    await lanes.close();
    throw error;
  }
  return { choice: { ...best, tried, seconds: (clock() - start) / 1000 }, lanes };
}

function settingOf({ batch, threads, sessions }: Setting): Setting {
  return { batch, threads, sessions };
}

/** Threads and sessions to try: all cores for one session first, then shared out. */
function layoutsOf(cores: number, pins: Partial<Setting>): { threads: number; sessions: number }[] {
  const layouts = [1, 2, 4]
    .map((sessions) => pins.sessions ?? sessions)
    .map((sessions) => ({ sessions, threads: pins.threads ?? Math.max(1, Math.floor(cores / sessions)) }))
    .filter(({ sessions, threads }, i) => i === 0 || sessions * threads <= cores);
  return layouts.filter((one, i) => i === 0 || !layouts.slice(0, i).some((other) => other.sessions === one.sessions));
}

/** Batches that a trial takes of a session at least, the one to warm up included. */
const TRIALS = 3;

/** Rows a second. */
async function rate(
  lanes: Lanes,
  { batch, sessions }: Setting,
  rows: readonly GraphRow[],
  clock: () => number,
): Promise<number> {
  await Promise.all(Array.from({ length: sessions }, () => lanes.errors(rows)));
  const start = clock();
  let batches = 0;
  const run = async () => {
    for (let n = 0; n < TRIALS - 1 || clock() - start < TRIAL_MS; n++) {
      await lanes.errors(rows);
      batches += 1;
    }
  };
  // One more than there are sessions waits its turn, so that none of them does.
  await Promise.all(Array.from({ length: sessions + 1 }, run));
  return (1000 * batches * batch) / (clock() - start);
}

/** One line for a log. */
export function describeChoice({ batch, threads, sessions, tried, seconds }: Choice): string {
  const many = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const chosen = `U-Net: batches of ${many(batch, 'row')}, ${many(sessions, 'session')} of ${many(threads, 'thread')}`;
  if (tried.length === 0) return `${chosen}.`;
  const list = tried.map((one) => `${one.batch} x ${one.sessions} x ${one.threads}: ${one.rowsPerSecond.toFixed(0)}`);
  return `${chosen}, chosen in ${seconds.toFixed(1)} s (batch x sessions x threads: rows/s; ${list.join(', ')}).`;
}
