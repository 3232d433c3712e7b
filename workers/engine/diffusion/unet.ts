import { availableParallelism } from 'node:os';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { mixtureOf } from '../protocols/errors.ts';
import { drawNoise } from '../protocols/noise.ts';
import { timestepsFor } from '../protocols/timesteps.ts';
import type { Model, SessionOptions } from '../runtime/session.ts';
import type { Conditioning } from './conditioning.ts';
import { laneHere, laneInThread } from './lane.ts';
import { Lanes } from './lanes.ts';
import { type Evidence, PredictionCheck } from './prediction-check.ts';
import { alphasCumprod, type PredictionType } from './schedule.ts';
import { type Choice, DEFAULT_BATCH, defaultBatch, type Setting, tune } from './tune.ts';
import { type GraphRow, onSharedMemory, type RowText } from './unet-graph.ts';
import { bytesOfRow, planUNet, trialRows } from './unet-plan.ts';

/** One pass through the U-Net: an image's latent, a text, and the sample k, whose error goes to `into[k]`. */
export interface Row {
  /** Best on shared memory (onSharedMemory), so that no thread copies it. */
  readonly z0: Float32Array;
  readonly text: RowText;
  readonly k: number;
  readonly into: Float32Array;
}

/**
 * The one way to the U-Net, for whatever protocol: hand `errors` any rows, of any images, texts and samples, and each row's error
 * stands in its `into[k]` when the promise resolves.
 *
 * - Rows that share a batch are neighbours in the order given; where a batch must hold one timestep (manySteps is false), those of
 *   each k are taken together, in the order of each k's first row. So give many rows at once, ordered by k: with n rows a k, a batch
 *   is full when n is a multiple of `batch`.
 * - What shares a batch is a function of that call's list alone: the same list gives the same bits when batch and threads are pinned.
 * - Calls may overlap: their batches queue up, so that sessions do not wait while a caller thinks.
 */
export interface UNet {
  /** Samples of the whole budget: k is 0 to count - 1. */
  readonly count: number;
  /** Rows of a full batch. Only settle changes it. */
  readonly batch: number;
  /** Whether rows of several k share a batch. */
  readonly manySteps: boolean;
  /** Whether equal bits are asked for, whatever else is scored: batch and threads are pinned. */
  readonly pinned: boolean;
  readonly rowsRun: number;
  readonly choice: Choice;
  /** Says how many rows are to come, before their errors are asked for. A large job is worth a measurement and threads. */
  settle(rows: number): Promise<void>;
  /** @throws CheckpointFault when the graph fails or gives NaN; the signal's reason. */
  errors(rows: readonly Row[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface UNetOptions extends SessionOptions {
  readonly samples: number;
  readonly seed: number;
  readonly pins: Partial<Setting>;
  /** Resident bytes that sessions and batches may take. */
  readonly memoryBytes: number;
  readonly onChoice?: (choice: Choice) => void;
}

/** Seconds of work from which threads are started, and from which it is measured what suits them. */
const WORTH_THREADS_MS = 1_500;
const WORTH_MEASURING_MS = 10_000;
/** The measurement's share of the job, and its limits in ms. */
const SHARE = 0.15;
const LONGEST_MS = 2_000;

let texts = 0;

/** A text's conditioning where every thread can read it. */
export function rowText({ hidden, pooled, byteLength }: Conditioning): RowText {
  texts += 1;
  return { id: texts, hidden: onSharedMemory(hidden.data), pooled: pooled ? onSharedMemory(pooled) : null, byteLength };
}

/**
 * Puts the noise, the schedule and a U-Net's graph together.
 *
 * @param text any text's, to check the graph against.
 */
export async function prepareUNet(
  layout: DiffusionLayout,
  model: Model,
  options: UNetOptions,
  text: Conditioning,
): Promise<UNet> {
  const { channels, height, width } = layout.latent;
  const { num_train_timesteps: trainSteps } = layout.scheduler;
  const timesteps = timestepsFor(options.samples, trainSteps);
  const alphas = alphasCumprod(layout.scheduler);
  const noise = drawNoise(options.seed, channels * height * width, timesteps.length);
  const probe = rowText(text);
  const mixtures = timesteps.map((t) => mixtureOf(alphas[t]!));
  const probeRow = (k: number): GraphRow => ({ z0: noise.tensor(0), eps: noise.tensor(k), text: probe, k });
  const unplanned = process.memoryUsage.rss();
  const plan = await planUNet(layout, model, text, { timesteps, mixtures, probeRow });
  /** What is known of a row's memory: its inputs and output, and by how much a run made this process larger. */
  let rowBytes = Math.max(bytesOfRow(plan), (process.memoryUsage.rss() - unplanned) / trialRows(plan));

  const pins = plan.insists === null ? options.pins : { ...options.pins, batch: plan.insists };
  const { onRun } = options;
  const source = pathOf(layout.folder, layout.unet);
  const check = new PredictionCheck(plan.prediction);
  const events = {
    warn: options.warn,
    log: options.log ?? (() => {}),
    onRun: (rows: number) => onRun?.(layout.unet, rows),
    onEvidence(evidence: Evidence) {
      const other = check.add(evidence);
      if (other) options.warn(contradicted(plan.prediction, other));
    },
  };
  const openThreads = async (sessions: number, threads: number) => {
    const start = { source, file: layout.unet, plan, device: model.device, threads };
    const started = await Promise.allSettled(Array.from({ length: sessions }, () => laneInThread(start, events)));
    const lanes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return new Lanes(lanes);
    await Promise.all(lanes.map((lane) => lane.close()));
    throw failed.reason;
  };

  let lanes = new Lanes([laneHere(model, plan, events)]);
  let choice: Choice = {
    batch: pins.batch ?? DEFAULT_BATCH,
    threads: options.threads,
    sessions: 1,
    tried: [],
    seconds: 0,
  };
  /** In this thread, in threads as it is by default, or as it will stay. */
  let stage: 'here' | 'threads' | 'settled' = 'here';
  const weightBytes = [...layout.folder.files].reduce(
    (sum, [file, bytes]) => (file.startsWith('unet/') ? sum + bytes : sum),
    0,
  );
  const memory = () => ({ memoryBytes: options.memoryBytes, weightBytes, rowBytes });
  let rowMs: number | undefined;
  let rowsRun = 0;
  let active = 0;

  const settle = async (rows: number) => {
    if (active > 0 || stage === 'settled') return;
    if (rowMs === undefined) {
      const resident = process.memoryUsage.rss();
      rowMs = await timeOf(lanes, probeRow(0));
      rowBytes = Math.max(rowBytes, (process.memoryUsage.rss() - resident) / (plan.insists ?? 1));
      choice = { ...choice, batch: pins.batch ?? defaultBatch(pins.sessions ?? 1, memory()) };
    }
    if (rows === 0) return;
    // What ran before counts: many small jobs make a large one.
    const jobMs = (rows + rowsRun) * rowMs;
    const isOpen = pins.batch === undefined || pins.threads === undefined;
    const measures = isOpen && jobMs >= WORTH_MEASURING_MS;
    const starts = stage === 'here' && (jobMs >= WORTH_THREADS_MS || pins.sessions !== undefined);
    if (!measures && !starts) return;
    // One session's weights may be all that the memory holds: none stays open while others load.
    await lanes.close();
    lanes = new Lanes([]);
    if (measures) {
      ({ choice, lanes } = await tune({
        cores: availableParallelism(),
        pins: model.device === 'cpu' ? pins : { sessions: 1, threads: options.threads, ...pins },
        open: openThreads,
        rows: (count) => Array.from({ length: count }, () => probeRow(0)),
        rowMs,
        budgetMs: Math.min(LONGEST_MS, SHARE * jobMs),
        ...memory(),
      }));
    } else {
      const sessions = pins.sessions ?? 1;
      lanes = await openThreads(sessions, options.threads);
      choice = { ...choice, sessions };
    }
    stage = measures || !isOpen ? 'settled' : 'threads';
    options.onChoice?.(choice);
  };

  const runBatch = async (rows: readonly Row[]) => {
    const errors = await lanes.errors(rows.map(({ z0, text, k }) => ({ z0, eps: noise.tensor(k), text, k })));
    for (const [i, { into, k }] of rows.entries()) into[k] = errors[i]!;
    rowsRun += rows.length;
  };

  return {
    count: timesteps.length,
    manySteps: plan.manySteps,
    pinned: pins.batch !== undefined && pins.threads !== undefined,
    get batch() {
      return choice.batch;
    },
    get rowsRun() {
      return rowsRun;
    },
    get choice() {
      return choice;
    },
    settle,
    async errors(rows, signal) {
      active += 1;
      const running = new Set<Promise<void>>();
      const failures: unknown[] = [];
      try {
        for (const batch of batches(rows, choice.batch, plan.manySteps)) {
          // As many as the lanes hold, and one more that is ready when a place is free.
          while (running.size > lanes.depth) await Promise.race(running);
          if (failures.length > 0 || signal?.aborted) break;
          const one: Promise<void> = runBatch(batch)
            .catch((error) => void failures.push(error))
            .finally(() => running.delete(one));
          running.add(one);
        }
        await Promise.all(running);
      } finally {
        active -= 1;
      }
      if (failures.length > 0) throw failures[0];
      signal?.throwIfAborted();
    },
    close: () => lanes.close(),
  };
}

function contradicted(stated: PredictionType, other: PredictionType): string {
  return `scheduler/scheduler_config.json says prediction_type ${stated}, but the U-Net's outputs on the first images are those of ${other}: if it was trained so, write "prediction_type": "${other}" and score it again.`;
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

/** Rows in the given order, `size` at a time; where a batch has one timestep only, those of each k together. */
function* batches(rows: readonly Row[], size: number, manySteps: boolean): Generator<readonly Row[]> {
  if (manySteps) {
    for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
    return;
  }
  const byStep = new Map<number, Row[]>();
  for (const row of rows) {
    const same = byStep.get(row.k);
    if (same) same.push(row);
    else byStep.set(row.k, [row]);
  }
  for (const same of byStep.values()) yield* batches(same, size, true);
}
