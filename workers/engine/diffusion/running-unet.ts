import { availableParallelism } from 'node:os';
import type { Noise } from '../protocols/noise.ts';
import { Lanes } from './lanes.ts';
import { batches } from './row-batches.ts';
import { type Choice, DEFAULT_BATCH, defaultBatch, type Setting, type TuneOptions, tune } from './tune.ts';
import type { Row, UNet } from './unet.ts';
import type { GraphRow, UNetPlan } from './unet-graph.ts';

export interface UNetParts {
  /** Samples of the whole budget. */
  readonly count: number;
  readonly plan: Pick<UNetPlan, 'manySteps' | 'insists'>;
  readonly noise: Pick<Noise, 'tensor'>;
  /** Rows that the graph insists on count as a pin. */
  readonly pins: Partial<Setting>;
  /** What a measurement must not choose: more than the pins where a device has its own way to be busy. */
  readonly tunedPins: () => Partial<Setting>;
  /** Of one operator, until something else is chosen. */
  readonly threads: number;
  /** In this thread, for small jobs. */
  readonly here: Lanes;
  readonly open: TuneOptions['open'];
  /** A row that any graph of the checkpoint takes. */
  readonly probeRow: () => GraphRow;
  readonly memory: Pick<TuneOptions, 'memoryBytes' | 'weightBytes' | 'rowBytes'>;
  readonly onChoice?: ((choice: Choice) => void) | undefined;
}

/** Seconds of work from which threads are started, and from which it is measured what suits them. */
const WORTH_THREADS_MS = 1_500;
const WORTH_MEASURING_MS = 10_000;
/** The measurement's share of the job, and its limits in ms. */
const SHARE = 0.15;
const LONGEST_MS = 2_000;

/** A U-Net whose graph is loaded: how its rows are run is chosen as jobs come. */
export class RunningUNet implements UNet {
  readonly count: number;
  readonly manySteps: boolean;
  readonly pinned: boolean;
  readonly #parts: UNetParts;
  #lanes: Lanes;
  #choice: Choice;
  /** In this thread, in threads as it is by default, or as it will stay. */
  #stage: 'here' | 'threads' | 'settled' = 'here';
  /** What is known of a row's memory, and of its time. */
  #rowBytes: number;
  #rowMs: number | undefined;
  #rowsRun = 0;
  #active = 0;

  constructor(parts: UNetParts) {
    const { count, plan, pins, threads, here, memory } = parts;
    this.#parts = parts;
    this.count = count;
    this.manySteps = plan.manySteps;
    this.pinned = pins.batch !== undefined && pins.threads !== undefined;
    this.#lanes = here;
    this.#choice = { batch: pins.batch ?? DEFAULT_BATCH, threads, sessions: 1, tried: [], seconds: 0 };
    this.#rowBytes = memory.rowBytes;
  }

  get batch(): number {
    return this.#choice.batch;
  }

  get rowsRun(): number {
    return this.#rowsRun;
  }

  get choice(): Choice {
    return this.#choice;
  }

  async settle(rows: number): Promise<void> {
    if (this.#active > 0 || this.#stage === 'settled') return;
    this.#rowMs ??= await this.#measureRow();
    if (rows === 0) return;
    const { pins } = this.#parts;
    // What ran before counts: many small jobs make a large one.
    const jobMs = (rows + this.#rowsRun) * this.#rowMs;
    const isOpen = pins.batch === undefined || pins.threads === undefined;
    const measures = isOpen && jobMs >= WORTH_MEASURING_MS;
    const starts = this.#stage === 'here' && (jobMs >= WORTH_THREADS_MS || pins.sessions !== undefined);
    if (!measures && !starts) return;
    await this.#openLanes(measures ? { rowMs: this.#rowMs, jobMs } : null);
    this.#stage = measures || !isOpen ? 'settled' : 'threads';
    this.#parts.onChoice?.(this.#choice);
  }

  async errors(rows: readonly Row[], signal?: AbortSignal): Promise<void> {
    this.#active += 1;
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    try {
      for (const batch of batches(rows, this.#choice.batch, this.manySteps)) {
        // As many as the lanes hold, and one more that is ready when a place is free.
        while (running.size > this.#lanes.depth) await Promise.race(running);
        if (failures.length > 0 || signal?.aborted) break;
        const one: Promise<void> = this.#runBatch(batch)
          .catch((error) => void failures.push(error))
          .finally(() => running.delete(one));
        running.add(one);
      }
      await Promise.all(running);
    } finally {
      this.#active -= 1;
    }
    if (failures.length > 0) throw failures[0];
    signal?.throwIfAborted();
  }

  close(): Promise<void> {
    return this.#lanes.close();
  }

  #memory(): UNetParts['memory'] {
    return { ...this.#parts.memory, rowBytes: this.#rowBytes };
  }

  /** A row's time by itself; its memory, as far as a run shows it, decides the batch for as long as nothing is measured. */
  async #measureRow(): Promise<number> {
    const { pins, plan, probeRow } = this.#parts;
    const resident = process.memoryUsage.rss();
    const rowMs = await timeOf(this.#lanes, probeRow());
    this.#rowBytes = Math.max(this.#rowBytes, (process.memoryUsage.rss() - resident) / (plan.insists ?? 1));
    this.#choice = { ...this.#choice, batch: pins.batch ?? defaultBatch(pins.sessions ?? 1, this.#memory()) };
    return rowMs;
  }

  /** Lanes of their own threads. @param job by which it is measured which suit; null: as many as are pinned, or one. */
  async #openLanes(job: { readonly rowMs: number; readonly jobMs: number } | null): Promise<void> {
    const { pins, tunedPins, threads, open, probeRow } = this.#parts;
    // One session's weights may be all that the memory holds: none stays open while others load.
    await this.#lanes.close();
    this.#lanes = new Lanes([]);
    if (job === null) {
      const sessions = pins.sessions ?? 1;
      this.#lanes = await open(sessions, threads);
      this.#choice = { ...this.#choice, sessions };
      return;
    }
    const { choice, lanes } = await tune({
      cores: availableParallelism(),
      pins: tunedPins(),
      open,
      rows: (count) => Array.from({ length: count }, probeRow),
      rowMs: job.rowMs,
      budgetMs: Math.min(LONGEST_MS, SHARE * job.jobMs),
      ...this.#memory(),
    });
    this.#choice = choice;
    this.#lanes = lanes;
  }

  async #runBatch(rows: readonly Row[]): Promise<void> {
    const { noise } = this.#parts;
    const errors = await this.#lanes.errors(rows.map(({ z0, text, k }) => ({ z0, eps: noise.tensor(k), text, k })));
    for (const [i, { into, k }] of rows.entries()) into[k] = errors[i]!;
    this.#rowsRun += rows.length;
  }
}

const TIMINGS = 3;

/** How long one row takes by itself, the first time not counted: the least of a few, since others may use the machine too. */
async function timeOf(lanes: Lanes, row: GraphRow): Promise<number> {
  const once = async () => {
    const start = performance.now();
    await lanes.errors([row]);
    return performance.now() - start;
  };
  let spent = await once();
  if (spent > LONGEST_MS) return spent;
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TIMINGS && (n === 0 || spent < LONGEST_MS); n++) {
    const took = await once();
    spent += took;
    least = Math.min(least, took);
  }
  return least;
}
