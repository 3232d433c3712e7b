import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Mixture, mix, mixtureOf, sampleError } from '../protocols/errors.ts';
import { drawNoise } from '../protocols/noise.ts';
import { alphasCumprod } from '../protocols/schedule.ts';
import { timestepsFor } from '../protocols/timesteps.ts';
import type { Conditioning } from './conditioning.ts';
import { checkShape, fixedRows, matchInputs, pickOutput } from './ports.ts';
import type { Feed, Model, Output, Port } from './session.ts';

/** One pass through the U-Net: an image's latent, a text, and the sample k, whose error goes to `into[k]`. */
export interface Row {
  readonly z0: Float32Array;
  readonly text: Conditioning;
  readonly k: number;
  readonly into: Float32Array;
}

export interface UNet {
  /** Samples an evaluation takes of every pair. */
  readonly count: number;
  readonly rowsRun: () => number;
  /** Fills in every row's error. Rows that share a batch depend on the order of `rows` alone. */
  errors(rows: readonly Row[], signal?: AbortSignal): Promise<void>;
}

const ROLES = {
  sample: { values: 'float', rank: [4] },
  timestep: { values: 'number', rank: [0, 1] },
  encoder_hidden_states: { values: 'float', rank: [3] },
  text_embeds: { values: 'float', rank: [2], optional: true },
  time_ids: { values: 'number', rank: [2], optional: true },
} as const;

const TIME_IDS = 6;

interface Slot {
  readonly mixed: Float32Array;
  readonly hidden: Float32Array;
  readonly pooled: Float32Array;
  readonly texts: (Conditioning | undefined)[];
}

/**
 * Puts the noise, the schedule and a U-Net's graph together.
 *
 * @param samples the budget, 1 to 1000.
 * @param text any text's, to check the graph against.
 */
export async function prepareUNet(
  layout: DiffusionLayout,
  model: Model,
  options: { samples: number; seed: number; batch: number },
  text: Conditioning,
): Promise<UNet> {
  const ports = matchInputs<keyof typeof ROLES>(model, ROLES);
  const { hidden } = text;
  const sample = ports.get('sample')!;
  const timestep = ports.get('timestep')!;
  const states = ports.get('encoder_hidden_states')!;
  const embeds = ports.get('text_embeds');
  const timeIds = ports.get('time_ids');
  const output = pickOutput(model, ['out_sample'], true).name;
  const { channels, height, width } = layout.latent;
  checkShape(model, sample, [null, channels, height, width], 'unet/config.json');
  checkShape(
    model,
    states,
    [null, ...hidden.dims],
    layout.texts.length > 1 ? 'the pair of text encoders' : 'the text encoder',
  );
  if (embeds) {
    if (!text.pooled) throw withoutPooled(model);
    checkShape(model, embeds, [null, text.pooled.length], 'text_encoder_2/model.onnx');
  }
  if (timeIds) checkShape(model, timeIds, [null, TIME_IDS], 'an SDXL model');
  // Original size, top left corner of the crop, target size: the whole square image.
  const sizes = [layout.side, layout.side, 0, 0, layout.side, layout.side];

  const size = channels * height * width;
  // Where the variance is learned, it follows the prediction on the channel axis.
  const predicted = layout.learnedVariance ? 2 * size : size;
  const { prediction_type: prediction, num_train_timesteps: trainSteps } = layout.scheduler;
  const timesteps = timestepsFor(options.samples, trainSteps);
  const alphas = alphasCumprod(layout.scheduler);
  const mixtures: Mixture[] = timesteps.map((t) => mixtureOf(alphas[t]!));
  const noise = drawNoise(options.seed, size, timesteps.length);

  const insists = fixedRows(sample) ?? fixedRows(states);
  const batch = insists ?? options.batch;
  const run = (slot: Slot, rows: readonly Row[], fed: number, steps: number): Promise<Output> => {
    const fill =
      steps === 1
        ? [timesteps[rows[0]!.k]!]
        : Array.from({ length: fed }, (_, i) => timesteps[rows[Math.min(i, rows.length - 1)]!.k]!);
    const feeds: Record<string, Feed> = {
      [sample.name]: { data: slot.mixed.subarray(0, fed * size), dims: [fed, channels, height, width] },
      [timestep.name]: { data: Float32Array.from(fill), dims: timestep.shape.length === 0 ? [] : [steps] },
      [states.name]: { data: slot.hidden.subarray(0, fed * hidden.data.length), dims: [fed, ...hidden.dims] },
    };
    if (embeds && text.pooled) {
      const width = text.pooled.length;
      feeds[embeds.name] = { data: slot.pooled.subarray(0, fed * width), dims: [fed, width] };
    }
    if (timeIds) {
      const data = Float32Array.from({ length: fed * TIME_IDS }, (_, i) => sizes[i % TIME_IDS]!);
      feeds[timeIds.name] = { data, dims: [fed, TIME_IDS] };
    }
    return model.run(feeds, output);
  };
  const fill = (slot: Slot, rows: readonly Row[], fed: number) => {
    for (let i = 0; i < fed; i++) {
      const row = rows[Math.min(i, rows.length - 1)]!;
      mix(row.z0, noise.tensor(row.k), mixtures[row.k]!, slot.mixed, i * size);
      if (slot.texts[i] === row.text) continue;
      const { hidden, pooled } = row.text;
      slot.hidden.set(hidden.data, i * hidden.data.length);
      if (pooled) slot.pooled.set(pooled, i * pooled.length);
      slot.texts[i] = row.text;
    }
  };
  const newSlot = (): Slot => ({
    mixed: new Float32Array(batch * size),
    hidden: new Float32Array(batch * hidden.data.length),
    pooled: new Float32Array(batch * (text.pooled?.length ?? 0)),
    texts: [],
  });
  const slots = [newSlot(), newSlot()] as const;
  const eachItsOwn = await ownTimesteps(
    timestep,
    batch,
    insists,
    async (count, which) => {
      const rows = which.map((k) => ({ z0: noise.tensor(0), text, k, into: new Float32Array(0) }));
      fill(slots[0], rows, rows.length);
      return await run(slots[0], rows, rows.length, count);
    },
    timesteps.length,
  );

  let rowsRun = 0;
  return {
    count: timesteps.length,
    rowsRun: () => rowsRun,
    async errors(rows, signal) {
      let pending: { rows: readonly Row[]; slot: Slot; output: Promise<Output> } | undefined;
      const settle = (done: NonNullable<typeof pending>, result: Output) => {
        checkOutput(model, result, insists ?? done.rows.length, predicted, channels);
        done.rows.forEach((row, i) => {
          const error = sampleError(
            noise.tensor(row.k),
            result.data.subarray(i * predicted, i * predicted + size),
            done.slot.mixed.subarray(i * size, (i + 1) * size),
            0,
            prediction,
            mixtures[row.k]!,
          );
          if (!Number.isFinite(error)) throw notFinite(model);
          row.into[row.k] = error;
        });
        rowsRun += done.rows.length;
      };
      let turn = 0;
      try {
        for (const part of batches(rows, batch, eachItsOwn)) {
          signal?.throwIfAborted();
          // The next batch is mixed while the one before is in the runtime; its errors are summed while this one is.
          const slot = slots[(turn++ % 2) as 0 | 1];
          const fed = insists ?? part.length;
          fill(slot, part, fed);
          const before = pending;
          const result = before && (await before.output);
          const next = run(slot, part, fed, eachItsOwn ? fed : 1);
          next.catch(() => {});
          pending = { rows: part, slot, output: next };
          if (before && result) settle(before, result);
        }
        if (pending) settle(pending, await pending.output);
      } catch (error) {
        await pending?.output.catch(() => {});
        throw error;
      }
    },
  };
}

/** Rows in the given order, `size` at a time; where a batch has one timestep only, those of each k together. */
function* batches(rows: readonly Row[], size: number, eachItsOwn: boolean): Generator<readonly Row[]> {
  if (eachItsOwn) {
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

/** Whether a batch may hold several timesteps. Where the graph leaves that open, two rows are tried together and apart. */
async function ownTimesteps(
  timestep: Port,
  batch: number,
  insists: number | null,
  attempt: (count: number, samples: readonly number[]) => Promise<Output>,
  samples: number,
): Promise<boolean> {
  if (timestep.shape.length === 0) return false;
  const steps = timestep.shape[0];
  if (typeof steps === 'number') return steps === batch;
  if (insists !== null) return true;
  if (batch < 2 || samples < 2) return false;
  try {
    const both = await attempt(2, [0, samples - 1]);
    const alone = await attempt(1, [samples - 1]);
    const size = alone.data.length;
    let [difference, norm] = [0, 0];
    for (let i = 0; i < size; i++) {
      difference = Math.max(difference, Math.abs(both.data[size + i]! - alone.data[i]!));
      norm = Math.max(norm, Math.abs(alone.data[i]!));
    }
    return both.data.length === 2 * size && difference <= 0.01 * norm;
  } catch {
    return false;
  }
}

function checkOutput(model: Model, result: Output, rows: number, size: number, channels: number): void {
  if (result.data.length === rows * size) return;
  const [shape, out] = [`[${result.dims.join(', ')}]`, result.dims[1]];
  throw new CheckpointFault(
    model.file,
    out === 2 * channels
      ? `${model.file} gives ${shape}, twice the ${channels} channels that it takes; if the second half is a learned variance, say so with out_channels in unet/config.json.`
      : `${model.file} gives ${shape} for ${rows} rows of ${size} numbers; its output must have its input's shape.`,
  );
}

function withoutPooled(model: Model): CheckpointFault {
  return new CheckpointFault(
    model.file,
    `${model.file} takes \`text_embeds\`, which only a second text encoder gives; add text_encoder_2/ and tokenizer_2/.`,
  );
}

function notFinite(model: Model): CheckpointFault {
  return new CheckpointFault(
    model.file,
    `${model.file} gives values that are not finite (NaN or infinite); export it in float32, or check its weights.`,
  );
}
