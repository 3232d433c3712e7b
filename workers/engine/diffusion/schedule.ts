import { ALL_SAMPLES, timestepsFor } from '../protocols/timesteps.ts';
import type { BetaSchedule, PredictionType, ZeroSnr } from './scheduler-classes.ts';

export type { PredictionType } from './scheduler-classes.ts';

/** What scoring needs of a scheduler, the defaults of its class filled in; the fields are named as diffusers names them. */
export interface SchedulerConfig {
  /** 1 to 100,000. */
  readonly num_train_timesteps: number;
  readonly beta_start: number;
  readonly beta_end: number;
  readonly beta_schedule: BetaSchedule;
  /** Take the place of the schedule; as many as there are training steps, each 0 to 1. */
  readonly trained_betas: readonly number[] | null;
  readonly prediction_type: PredictionType;
  /** Whether and how abar is rescaled so that it ends at no signal (rescale_betas_zero_snr). */
  readonly zero_snr: ZeroSnr | null;
}

/** Cumulative products of (1 - beta), one a training step, each from 0 (only noise) to 1 (only image). */
export function alphasCumprod(config: SchedulerConfig): Float64Array {
  const betas = config.trained_betas ?? betasOf(config);
  const products = new Float64Array(betas.length);
  let product = 1;
  betas.forEach((beta, t) => {
    product *= 1 - beta;
    products[t] = product;
  });
  return config.zero_snr === null ? products : rescaleToZeroSnr(products, config.zero_snr);
}

function betasOf({ beta_start, beta_end, beta_schedule, num_train_timesteps: steps }: SchedulerConfig): number[] {
  const line = (from: number, to: number) =>
    Array.from({ length: steps }, (_, t) => (steps === 1 ? from : from + ((to - from) * t) / (steps - 1)));
  switch (beta_schedule) {
    case 'linear':
      return line(beta_start, beta_end);
    case 'scaled_linear':
      return line(Math.sqrt(beta_start), Math.sqrt(beta_end)).map((root) => root * root);
    case 'sigmoid':
      return line(-6, 6).map((x) => (beta_end - beta_start) / (1 + Math.exp(-x)) + beta_start);
    default:
      return betasFor(ALPHA_BARS[beta_schedule], steps);
  }
}

/** abar as a function of t from 0 to 1. */
const ALPHA_BARS: Record<Exclude<BetaSchedule, 'linear' | 'scaled_linear' | 'sigmoid'>, (t: number) => number> = {
  squaredcos_cap_v2: (t) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2,
  exp: (t) => Math.exp(-12 * t),
  laplace(t) {
    const lambda = -0.5 * (t <= 0.5 ? 1 : -1) * Math.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
    const snr = Math.exp(lambda);
    return Math.sqrt(snr / (1 + snr));
  },
};

const LARGEST_BETA = 0.999;

function betasFor(alphaBar: (t: number) => number, steps: number): number[] {
  return Array.from({ length: steps }, (_, t) =>
    Math.min(1 - alphaBar((t + 1) / steps) / alphaBar(t / steps), LARGEST_BETA),
  );
}

/** Lin et al., "Common diffusion noise schedules and sample steps are flawed" (2024), algorithm 1. */
function rescaleToZeroSnr(products: Float64Array, end: ZeroSnr): Float64Array {
  const roots = products.map(Math.sqrt);
  const first = roots[0]!;
  const last = roots[roots.length - 1]!;
  if (first === last) return products;
  // Rounding must not lead beyond 1, where the noise's share would be the root of a negative number.
  const rescaled = roots.map((root) => Math.min(1, (((root - last) * first) / (first - last)) ** 2));
  if (end === 'almost zero') rescaled[rescaled.length - 1] = 2 ** -24;
  return rescaled;
}

/**
 * Why no error can be had from a schedule of betas, or none that says anything. Noise is read from a predicted epsilon or v at
 * every abar from 0 to 1, but from a predicted sample by a division by sqrt(1 - abar). Like PyTorch, this takes abar in float32.
 */
export function scheduleFault(config: SchedulerConfig): string | null {
  const alphas = alphasCumprod(config);
  const steps = timestepsFor(ALL_SAMPLES, config.num_train_timesteps);
  const clear = steps.filter((t) => Math.fround(alphas[t]!) === 1);
  if (clear.length === steps.length) return 'has betas that mix no noise into an image';
  if (clear.length > 0 && config.prediction_type === 'sample')
    return `mixes no noise in at timestep ${clear[0]}, so that a predicted sample does not tell the noise`;
  if (steps.every((t) => Math.fround(alphas[t]!) === 0)) return 'has betas that leave nothing of an image';
  return null;
}
