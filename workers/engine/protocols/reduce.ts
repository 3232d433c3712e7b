import type { ExactProtocol, SampledProtocol } from '@gdbench/benchmark/protocol';
import type { SampleErrors } from '../scorers/scorer.ts';

/** Which errors beside those of the pairs a protocol needs. */
export const NEEDS: Record<SampledProtocol, { readonly uncond: boolean; readonly gray: boolean }> = {
  'diffusion-itm': { uncond: true, gray: false },
  'diffusion-classifier': { uncond: false, gray: false },
  'diffusion-itm-unnormalized': { uncond: false, gray: false },
  'diffusion-itm-gray': { uncond: false, gray: true },
  'diffusion-itm-adaptive': { uncond: true, gray: false },
};

/** Numbers in a latent, of what inspection found: [channels, height, width]. @throws RangeError where a checkpoint has none. */
export function latentElements({ latent }: { readonly latent: readonly [number, number, number] | null }): number {
  return required(latent ?? undefined, 'the latent').reduce((product, side) => product * side, 1);
}

/**
 * Scores [text][image] of one example under a protocol (GDBENCH.md 1.1); higher is better.
 *
 * @param elements numbers in a latent: the classifier's mean squared error is the squared norm over them.
 * @throws RangeError when the errors lack what the protocol needs.
 */
export function reduceErrors(protocol: ExactProtocol, errors: SampleErrors, elements: number): number[][] {
  const { cond } = errors;
  switch (protocol) {
    case 'diffusion-itm': {
      const uncond = required(errors.uncond, 'the empty text');
      return cond.map((row) => row.map((pair, image) => -meanDifference(pair, uncond[image]!)));
    }
    case 'diffusion-classifier':
      return cond.map((row) => row.map((pair) => -meanSquare(pair) / elements));
    case 'diffusion-itm-unnormalized':
      return cond.map((row) => row.map((pair) => -mean(pair)));
    case 'diffusion-itm-gray': {
      const gray = required(errors.gray, 'the gray image');
      return cond.map((row, text) => row.map((pair) => -meanDifference(pair, gray[text]!)));
    }
  }
}

function required<T>(errors: T | undefined, of: string): T {
  if (errors === undefined) throw new RangeError(`the errors of ${of} were not kept`);
  return errors;
}

function mean(errors: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < errors.length; k++) sum += errors[k]!;
  return sum / errors.length;
}

function meanSquare(errors: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < errors.length; k++) sum += errors[k]! * errors[k]!;
  return sum / errors.length;
}

function meanDifference(errors: Float32Array, baseline: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < errors.length; k++) sum += errors[k]! - baseline[k]!;
  return sum / errors.length;
}
