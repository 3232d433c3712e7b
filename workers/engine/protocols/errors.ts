import type { PredictionType } from './schedule.ts';

/** One timestep's share of image and noise: `x_t = image * z0 + noise * eps`. */
export interface Mixture {
  /** sqrt(abar_t) */
  readonly image: number;
  /** sqrt(1 - abar_t) */
  readonly noise: number;
}

export function mixtureOf(alphaCumprod: number): Mixture {
  return { image: Math.sqrt(alphaCumprod), noise: Math.sqrt(1 - alphaCumprod) };
}

/** Writes x_t into `out` at `offset`. */
export function mix(
  z0: Float32Array,
  eps: Float32Array,
  { image, noise }: Mixture,
  out: Float32Array,
  offset: number,
): void {
  for (let i = 0; i < z0.length; i++) out[offset + i] = image * z0[i]! + noise * eps[i]!;
}

/**
 * Error of one sample, `|| eps - eps_hat ||_2` over all elements, neither squared nor averaged (GDBENCH.md 1.1).
 *
 * @param output the model's rows, flattened; the sample's own starts at `offset`.
 * @param mixed the x_t that the model saw, at the same offset.
 */
export function sampleError(
  eps: Float32Array,
  output: Float32Array,
  mixed: Float32Array,
  offset: number,
  prediction: PredictionType,
  { image, noise }: Mixture,
): number {
  let sum = 0;
  for (let i = 0; i < eps.length; i++) {
    const value = output[offset + i]!;
    let predicted = value;
    if (prediction === 'v_prediction') predicted = image * value + noise * mixed[offset + i]!;
    else if (prediction === 'sample') predicted = (mixed[offset + i]! - image * value) / noise;
    const difference = eps[i]! - predicted;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}
