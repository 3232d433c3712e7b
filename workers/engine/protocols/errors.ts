import type { PredictionType } from '../diffusion/schedule.ts';

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

/** A sample's row in an output and in the x_t that the model saw, each flattened, from the place given on. */
export interface RowPlace {
  readonly output: Float32Array;
  readonly outputAt: number;
  readonly mixed: Float32Array;
  readonly mixedAt: number;
}

/** Error of one sample, `|| eps - eps_hat ||_2` over all elements, neither squared nor averaged (GDBENCH.md 1.1). */
export function sampleError(eps: Float32Array, row: RowPlace, prediction: PredictionType, mixture: Mixture): number {
  return Math.sqrt(SQUARES[prediction](eps, row, mixture));
}

/** Sums of squares, one loop a kind, so that none of them decides anything an element. */
const SQUARES: Record<PredictionType, (eps: Float32Array, row: RowPlace, mixture: Mixture) => number> = {
  epsilon(eps, { output, outputAt }) {
    let sum = 0;
    for (let i = 0; i < eps.length; i++) {
      const difference = eps[i]! - output[outputAt + i]!;
      sum += difference * difference;
    }
    return sum;
  },
  v_prediction(eps, { output, outputAt, mixed, mixedAt }, { image, noise }) {
    let sum = 0;
    for (let i = 0; i < eps.length; i++) {
      const difference = eps[i]! - (image * output[outputAt + i]! + noise * mixed[mixedAt + i]!);
      sum += difference * difference;
    }
    return sum;
  },
  sample(eps, { output, outputAt, mixed, mixedAt }, { image, noise }) {
    let sum = 0;
    for (let i = 0; i < eps.length; i++) {
      const difference = eps[i]! - (mixed[mixedAt + i]! - image * output[outputAt + i]!) / noise;
      sum += difference * difference;
    }
    return sum;
  },
};
