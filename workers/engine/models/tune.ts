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
  readonly budgetMs: number;
  /** Resident bytes that may be added, and those that a session's weights take. */
  readonly memoryBytes: number;
  readonly weightBytes: number;
  readonly residentBytes?: () => number;
}

const BATCHES = [4, 16, 64];
/** A larger batch, or another layout, must be this much faster to be taken. */
const GAIN = 1.03;
const TRIAL_MS = 150;

/**
 * Chooses batch, threads and sessions by running a few batches of each, within the budget and the memory. Batches are tried in
 * ascending order with one session, then the chosen batch with more sessions of fewer threads each.
 *
 * @returns the choice, and the lanes that it runs in.
 */
export async function tune(options: TuneOptions): Promise<{ choice: Choice; lanes: Lanes }> {
  const { cores, pins, open, memoryBytes, weightBytes, budgetMs } = options;
  const resident = options.residentBytes ?? (() => process.memoryUsage.rss());
  const start = performance.now();
  const left = () => budgetMs - (performance.now() - start);
  const tried: (Setting & { rowsPerSecond: number })[] = [];
  let rowMs = options.rowMs;
  let rowBytes = 0;
  const measure = async (lanes: Lanes, setting: Setting) => {
    const before = resident();
    const rowsPerSecond = await rate(lanes, setting, options.rows(setting.batch));
    rowBytes = Math.max(rowBytes, (resident() - before) / (setting.batch * setting.sessions));
    rowMs = Math.min(rowMs, (1000 * setting.sessions) / rowsPerSecond);
    tried.push({ ...setting, rowsPerSecond });
    return rowsPerSecond;
  };
  const fits = ({ batch, sessions }: Setting) =>
    sessions * (batch * rowBytes + weightBytes) <= memoryBytes && 2 * batch * rowMs <= left();

  const [layout, ...others] = layoutsOf(cores, pins);
  let best: Setting = { ...layout!, batch: pins.batch ?? BATCHES[0]! };
  let lanes = await open(best.sessions, best.threads);
  try {
    let fastest = 0;
    const batches = pins.batch === undefined ? BATCHES : [pins.batch];
    if (batches.length > 1 || others.length > 0) {
      for (const batch of batches) {
        const setting = { ...layout!, batch };
        if (!fits(setting)) break;
        const speed = await measure(lanes, setting).catch((error) => {
          // Too large for the device's memory: what ran before it stays.
          if (fastest > 0) return 0;
          throw error;
        });
        if (speed < fastest * GAIN) break;
        [fastest, best] = [speed, setting];
      }
    }
    for (const other of others) {
      const setting = { ...other, batch: best.batch };
      if (!fits(setting)) continue;
      const rivals = await open(setting.sessions, setting.threads);
      const speed = await measure(rivals, setting).catch(() => 0);
      const loser = speed > fastest * GAIN ? lanes : rivals;
      if (loser === lanes) [lanes, best, fastest] = [rivals, setting, speed];
      await loser.close();
    }
  } catch (error) {
    await lanes.close();
    throw error;
  }
  return { choice: { ...best, tried, seconds: (performance.now() - start) / 1000 }, lanes };
}

/** Threads and sessions to try: all cores for one session first, then shared out. */
function layoutsOf(cores: number, pins: Partial<Setting>): { threads: number; sessions: number }[] {
  const layouts = [1, 2, 4]
    .map((sessions) => pins.sessions ?? sessions)
    .map((sessions) => ({ sessions, threads: pins.threads ?? Math.max(1, Math.floor(cores / sessions)) }))
    .filter(({ sessions, threads }, i) => i === 0 || sessions * threads <= cores);
  return layouts.filter((one, i) => i === 0 || !layouts.slice(0, i).some((other) => other.sessions === one.sessions));
}

/** Rows a second over at least two batches a session, after one to warm up. */
async function rate(lanes: Lanes, { batch, sessions }: Setting, rows: readonly GraphRow[]): Promise<number> {
  await Promise.all(Array.from({ length: sessions }, () => lanes.errors(rows)));
  const start = performance.now();
  let batches = 0;
  const run = async () => {
    for (let n = 0; n < 2 || performance.now() - start < TRIAL_MS; n++) {
      await lanes.errors(rows);
      batches += 1;
    }
  };
  // One more than there are sessions waits its turn, so that none of them does.
  await Promise.all(Array.from({ length: sessions + 1 }, run));
  return (1000 * batches * batch) / (performance.now() - start);
}

/** One line for a log. */
export function describeChoice({ batch, threads, sessions, tried, seconds }: Choice): string {
  const many = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const chosen = `U-Net: batches of ${many(batch, 'row')}, ${many(sessions, 'session')} of ${many(threads, 'thread')}`;
  if (tried.length === 0) return `${chosen}.`;
  const list = tried.map((one) => `${one.batch} x ${one.sessions} x ${one.threads}: ${one.rowsPerSecond.toFixed(0)}`);
  return `${chosen}, chosen in ${seconds.toFixed(1)} s (batch x sessions x threads: rows/s; ${list.join(', ')}).`;
}
