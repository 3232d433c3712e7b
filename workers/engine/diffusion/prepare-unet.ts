import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { mixtureOf } from '../protocols/errors.ts';
import { drawNoise } from '../protocols/noise.ts';
import { timestepsFor } from '../protocols/timesteps.ts';
import type { Model, SessionOptions } from '../runtime/session.ts';
import type { Conditioning } from './conditioning.ts';
import { type LaneEvents, type LaneStart, laneHere, laneInThread } from './lane.ts';
import { Lanes } from './lanes.ts';
import { PredictionCheck } from './prediction-check.ts';
import { rowText } from './row-text.ts';
import { RunningUNet } from './running-unet.ts';
import { alphasCumprod, type PredictionType } from './schedule.ts';
import type { Choice, Setting } from './tune.ts';
import type { UNet } from './unet.ts';
import type { GraphRow, UNetPlan } from './unet-graph.ts';
import { bytesOfRow, planUNet, trialRows } from './unet-plan.ts';

export interface UNetOptions extends SessionOptions {
  readonly samples: number;
  readonly seed: number;
  readonly pins: Partial<Setting>;
  /** Resident bytes that sessions and batches may take. */
  readonly memoryBytes: number;
  readonly onChoice?: (choice: Choice) => void;
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
  const timesteps = timestepsFor(options.samples, layout.scheduler.num_train_timesteps);
  const alphas = alphasCumprod(layout.scheduler);
  const noise = drawNoise(options.seed, channels * height * width, timesteps.length);
  const probe = rowText(text);
  const mixtures = timesteps.map((t) => mixtureOf(alphas[t]!));
  const probeRow = (k: number): GraphRow => ({ z0: noise.tensor(0), eps: noise.tensor(k), text: probe, k });
  const unplanned = process.memoryUsage.rss();
  const plan = await planUNet(layout, model, text, { timesteps, mixtures, probeRow });
  /** A row's memory: its inputs and output, and by how much a run made this process larger. */
  const rowBytes = Math.max(bytesOfRow(plan), (process.memoryUsage.rss() - unplanned) / trialRows(plan));
  const pins = plan.insists === null ? options.pins : { ...options.pins, batch: plan.insists };
  const events = eventsOf(layout, plan, options);
  const start = { source: pathOf(layout.folder, layout.unet), file: layout.unet, plan };
  return new RunningUNet({
    count: timesteps.length,
    plan,
    noise,
    pins,
    // a device may fail, and the CPU take its place
    tunedPins: () => (model.device === 'cpu' ? pins : { sessions: 1, threads: options.threads, ...pins }),
    threads: options.threads,
    here: new Lanes([laneHere(model, plan, events)]),
    open: (sessions, threads) => openThreads(sessions, { ...start, device: model.device, threads }, events),
    probeRow: () => probeRow(0),
    memory: { memoryBytes: options.memoryBytes, weightBytes: weightBytes(layout), rowBytes },
    onChoice: options.onChoice,
  });
}

function eventsOf(layout: DiffusionLayout, plan: UNetPlan, { warn, log, onRun }: UNetOptions): LaneEvents {
  const check = new PredictionCheck(plan.prediction);
  return {
    warn,
    log: log ?? (() => {}),
    onRun: (rows) => onRun?.(layout.unet, rows),
    onEvidence(evidence) {
      const other = check.add(evidence);
      if (other) warn(contradicted(plan.prediction, other));
    },
  };
}

/** A lane a session, all or none. */
async function openThreads(sessions: number, start: LaneStart, events: LaneEvents): Promise<Lanes> {
  const started = await Promise.allSettled(Array.from({ length: sessions }, () => laneInThread(start, events)));
  const lanes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (!failed) return new Lanes(lanes);
  await Promise.all(lanes.map((lane) => lane.close()));
  throw failed.reason;
}

/** Bytes of the U-Net's files. */
function weightBytes({ folder }: DiffusionLayout): number {
  return [...folder.files].reduce((sum, [file, bytes]) => (file.startsWith('unet/') ? sum + bytes : sum), 0);
}

function contradicted(stated: PredictionType, other: PredictionType): string {
  return `scheduler/scheduler_config.json says prediction_type ${stated}, but the U-Net's outputs on the first images are those of ${other}: if it was trained so, write "prediction_type": "${other}" and score it again.`;
}
