import { z } from 'zod';
import { ALL_SAMPLES, timestepsFor } from './timesteps.ts';

/** What scoring needs of a scheduler_config.json, with diffusers' defaults. */
export const schedulerConfig = z.looseObject({
  num_train_timesteps: z.number().int().min(1).max(100_000).default(1000),
  beta_start: z.number().min(0).max(1).default(0.0001),
  beta_end: z.number().min(0).max(1).default(0.02),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
  trained_betas: z.array(z.number().min(0).max(1)).min(1).nullish(),
  prediction_type: z.enum(['epsilon', 'v_prediction', 'sample']).default('epsilon'),
  rescale_betas_zero_snr: z.boolean().default(false),
});
export type SchedulerConfig = z.output<typeof schedulerConfig>;
export type PredictionType = SchedulerConfig['prediction_type'];

/** Cumulative products of (1 - beta), one a training step, each from 0 (only noise) to 1 (only image). */
export function alphasCumprod(config: SchedulerConfig): Float64Array {
  const betas = config.trained_betas ?? betasOf(config);
  const products = new Float64Array(betas.length);
  let product = 1;
  betas.forEach((beta, t) => {
    product *= 1 - beta;
    products[t] = product;
  });
  return config.rescale_betas_zero_snr ? rescaleToZeroSnr(products) : products;
}

function betasOf(config: SchedulerConfig): number[] {
  const steps = config.num_train_timesteps;
  const line = (from: number, to: number) =>
    Array.from({ length: steps }, (_, t) => (steps === 1 ? from : from + ((to - from) * t) / (steps - 1)));
  switch (config.beta_schedule) {
    case 'linear':
      return line(config.beta_start, config.beta_end);
    case 'scaled_linear':
      return line(Math.sqrt(config.beta_start), Math.sqrt(config.beta_end)).map((root) => root * root);
    case 'squaredcos_cap_v2': {
      const alphaBar = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
      return Array.from({ length: steps }, (_, t) =>
        Math.min(1 - alphaBar((t + 1) / steps) / alphaBar(t / steps), 0.999),
      );
    }
  }
}

/** Lin et al., "Common diffusion noise schedules and sample steps are flawed" (2024), algorithm 1. */
function rescaleToZeroSnr(products: Float64Array): Float64Array {
  const roots = products.map(Math.sqrt);
  const first = roots[0]!;
  const last = roots[roots.length - 1]!;
  if (first === last) return products;
  // Rounding must not lead beyond 1, where the noise's share would be the root of a negative number.
  return roots.map((root) => Math.min(1, (((root - last) * first) / (first - last)) ** 2));
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
    return `mixes no noise in at timestep ${clear[0]}, where a predicted sample does not tell the noise`;
  if (steps.every((t) => Math.fround(alphas[t]!) === 0)) return 'has betas that leave nothing of an image';
  return null;
}
