import { CheckpointFault } from '../checkpoint/fault.ts';
import { graphFault, notFinite } from '../checkpoint/ports.ts';
import { type Mixture, mix, sampleError } from '../protocols/errors.ts';
import type { Feed, Model, Output } from '../runtime/session.ts';
import { bandOf, type CheckedRow, type Evidence, evidenceOf, ROWS } from './prediction-check.ts';
import type { PredictionType } from './schedule.ts';

/** What a U-Net's graph is fed and gives; plain data, so that another thread can be told. */
export interface UNetPlan {
  readonly names: {
    readonly sample: string;
    readonly timestep: string;
    readonly states: string;
    readonly embeds: string | null;
    readonly timeIds: string | null;
    readonly guidance: string | null;
    readonly output: string;
  };
  /** [channels, height, width] */
  readonly latent: readonly [number, number, number];
  /** Numbers in a row's output: twice the latent's where the variance is learned and follows the prediction. */
  readonly predicted: number;
  /** [tokens, width] */
  readonly hidden: readonly number[];
  /** Numbers in `text_embeds`; 0: there are none. */
  readonly pooled: number;
  /** What every row of `time_ids` holds. */
  readonly sizes: readonly number[];
  /** What every row of `timestep_cond` holds; null: there is none. */
  readonly guidance: Float32Array | null;
  readonly prediction: PredictionType;
  /** Of each sample k. */
  readonly timesteps: readonly number[];
  readonly mixtures: readonly Mixture[];
  /** Rows that the graph insists on, or null. */
  readonly insists: number | null;
  readonly timestepRank: number;
  /** Whether each row of a batch may have a timestep of its own. */
  readonly manySteps: boolean;
}

/** A text as the graph is told of it, on memory that threads can share. The id tells texts apart, for a copy less. */
export interface RowText {
  readonly id: number;
  readonly hidden: Float32Array;
  readonly pooled: Float32Array | null;
  readonly byteLength: number;
}

/** One pass through the U-Net: x_t of z0 and eps, at the sample k's timestep, with a text. */
export interface GraphRow {
  readonly z0: Float32Array;
  readonly eps: Float32Array;
  readonly text: RowText;
  readonly k: number;
}

/** Mixes rows, runs them through a session and sums their errors. One batch at a time: the buffers are used again. */
export class UNetGraph {
  readonly #model: Model;
  readonly #plan: UNetPlan;
  readonly #size: number;
  readonly #hiddenSize: number;
  readonly #onEvidence: (evidence: Evidence) => void;
  /** Rows of each band that the prediction type was checked on. */
  readonly #checked = { even: 0, noisy: 0 };
  #mixed = new Float32Array(0);
  #hidden = new Float32Array(0);
  #pooled = new Float32Array(0);
  #texts: number[] = [];

  /** @param onEvidence told of the first rows what they show of the prediction type. */
  constructor(model: Model, plan: UNetPlan, onEvidence: (evidence: Evidence) => void) {
    this.#model = model;
    this.#plan = plan;
    this.#onEvidence = onEvidence;
    this.#size = product(plan.latent);
    this.#hiddenSize = product(plan.hidden);
  }

  /**
   * The errors of a batch, in its order.
   *
   * @param rows no more than a batch; of one k, unless the plan has manySteps.
   * @throws CheckpointFault when the graph fails or gives NaN.
   */
  async errors(rows: readonly GraphRow[]): Promise<Float32Array> {
    const { predicted, prediction, mixtures } = this.#plan;
    const output = await this.run(rows, this.#plan.manySteps);
    const errors = new Float32Array(rows.length);
    for (const [i, { z0, eps, k }] of rows.entries()) {
      const place = { output: output.data, outputAt: i * predicted, mixed: this.#mixed, mixedAt: i * this.#size };
      errors[i] = sampleError(eps, place, prediction, mixtures[k]!);
      if (!Number.isFinite(errors[i]!)) throw notFinite(this.#model);
      this.#checkPrediction({ z0, eps, mixture: mixtures[k]!, output: output.data, outputAt: place.outputAt }, k);
    }
    return errors;
  }

  #checkPrediction(row: CheckedRow, k: number): void {
    const band = bandOf(row.mixture);
    // The rows that time a session are of the first sample, and hold noise in the place of an image.
    if (k === 0 || band === null || this.#checked[band] >= ROWS) return;
    this.#checked[band] += 1;
    this.#onEvidence(evidenceOf(band, row));
  }

  /** The graph's output for a batch, its shape checked. */
  async run(rows: readonly GraphRow[], manySteps: boolean): Promise<Output> {
    const { names, latent, predicted, hidden, pooled, timesteps, insists, timestepRank } = this.#plan;
    const fed = insists ?? rows.length;
    this.#fill(rows, fed);
    const steps = Array.from(
      { length: manySteps ? fed : 1 },
      (_, i) => timesteps[rows[Math.min(i, rows.length - 1)]!.k]!,
    );
    const feeds: Record<string, Feed> = {
      [names.sample]: { data: this.#mixed.subarray(0, fed * this.#size), dims: [fed, ...latent] },
      [names.timestep]: { data: Float32Array.from(steps), dims: timestepRank === 0 ? [] : [steps.length] },
      [names.states]: { data: this.#hidden.subarray(0, fed * this.#hiddenSize), dims: [fed, ...hidden] },
    };
    if (names.embeds !== null)
      feeds[names.embeds] = { data: this.#pooled.subarray(0, fed * pooled), dims: [fed, pooled] };
    if (names.timeIds !== null) feeds[names.timeIds] = repeated(this.#plan.sizes, fed);
    if (names.guidance !== null) feeds[names.guidance] = repeated(this.#plan.guidance ?? [], fed);
    const output = await this.#model.run(feeds, names.output);
    const [, height, width] = latent;
    const want = [fed, predicted / (height * width), height, width];
    if (output.dims.length !== want.length || want.some((size, axis) => output.dims[axis] !== size))
      throw wrongShape(this.#model, output, want, latent[0]);
    return output;
  }

  /** Puts the rows into the buffers; the last one stands in for those that the graph insists on. */
  #fill(rows: readonly GraphRow[], fed: number): void {
    const { mixtures, pooled } = this.#plan;
    if (fed * this.#size > this.#mixed.length) {
      this.#mixed = new Float32Array(fed * this.#size);
      this.#hidden = new Float32Array(fed * this.#hiddenSize);
      this.#pooled = new Float32Array(fed * pooled);
      this.#texts = [];
    }
    for (let i = 0; i < fed; i++) {
      const { z0, eps, text, k } = rows[Math.min(i, rows.length - 1)]!;
      mix(z0, eps, mixtures[k]!, this.#mixed, i * this.#size);
      if (this.#texts[i] === text.id) continue;
      this.#hidden.set(text.hidden, i * this.#hiddenSize);
      if (text.pooled && pooled > 0) this.#pooled.set(text.pooled, i * pooled);
      this.#texts[i] = text.id;
    }
  }
}

/** A copy on memory that threads can share. */
export function onSharedMemory(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** The same numbers in every row. */
function repeated(values: ArrayLike<number>, rows: number): Feed {
  const width = values.length;
  const data = Float32Array.from({ length: rows * width }, (_, i) => values[i % width]!);
  return { data, dims: [rows, width] };
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}

function wrongShape(model: Model, output: Output, want: readonly number[], channels: number): CheckpointFault {
  const [shape, out] = [`[${output.dims.join(', ')}]`, output.dims[1]];
  const expected = "an output of its input's shape";
  if (out !== 2 * channels) {
    const exact = `${expected}, [${want.join(', ')}],`;
    return new CheckpointFault([graphFault(model, `gives ${shape}`, exact, 'export it as it is')]);
  }
  return new CheckpointFault({
    file: model.file,
    found: `gives ${shape}, twice the ${channels} channels that it takes`,
    expected,
    remedy: `if the second half is a learned variance, say so: write "out_channels": ${2 * channels} into unet/config.json`,
    gravity: 'setting',
  });
}
