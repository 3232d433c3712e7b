import type { Mixture } from '../protocols/errors.ts';
import { PREDICTION_TYPES, type PredictionType } from './scheduler-classes.ts';

/*
 * Whether the weights contradict the prediction type that their scheduler states. The rows that are scored anyway show it: a network
 * of epsilon, read as one of v, is worse than a guess of zeros where there is much noise. It needs no row of its own.
 */

/** One row as it went into the network and came out. */
export interface CheckedRow {
  readonly z0: Float32Array;
  readonly eps: Float32Array;
  readonly mixture: Mixture;
  readonly output: Float32Array;
  readonly outputAt: number;
}

/** What abar leaves of an image: about as much as there is noise, and next to nothing. */
const BANDS = { even: { from: 0.25, to: 0.75 }, noisy: { from: 0, to: 0.05 } } as const;
export type Band = keyof typeof BANDS;
/** Rows of each band that are looked at. */
export const ROWS = 12;
/** Below this share of what a guess of zeros leaves, a type explains the output. */
const CLEAR = 0.5;
/** Below this share of what the best multiple of x_t leaves, it is better than that by more than chance. */
const BETTER = 0.95;

type OfTypes = Record<PredictionType, number>;

/** Sums over the elements of rows; plain data, so that another thread can be told. */
export interface Evidence {
  readonly band: Band;
  /** Squares that are left of each type's target. */
  readonly left: OfTypes;
  /** Squares of the target itself, which is what a guess of zeros leaves. */
  readonly target: OfTypes;
  /** Products of x_t with the target, and with itself. */
  readonly mixed: OfTypes;
  readonly square: number;
  /** Products of noise with image, and of the output with either. */
  readonly across: number;
  readonly outEps: number;
  readonly outImage: number;
}

/** null: not a row that is looked at. */
export function bandOf({ image }: Mixture): Band | null {
  const abar = image * image;
  const bands = Object.entries(BANDS) as [Band, { from: number; to: number }][];
  return bands.find(([, { from, to }]) => abar >= from && abar <= to)?.[0] ?? null;
}

/** What one row shows. */
export function evidenceOf(band: Band, { z0, eps, mixture, output, outputAt }: CheckedRow): Evidence {
  const { image, noise } = mixture;
  const [left, target, mixed] = [noTypes(), noTypes(), noTypes()];
  let [square, across, outEps, outImage] = [0, 0, 0, 0];
  for (let i = 0; i < z0.length; i++) {
    const out = output[outputAt + i]!;
    const [x0, e] = [z0[i]!, eps[i]!];
    const v = image * e - noise * x0;
    const x = image * x0 + noise * e;
    left.epsilon += (e - out) ** 2;
    left.v_prediction += (v - out) ** 2;
    left.sample += (x0 - out) ** 2;
    target.epsilon += e * e;
    target.v_prediction += v * v;
    target.sample += x0 * x0;
    mixed.epsilon += e * x;
    mixed.v_prediction += v * x;
    mixed.sample += x0 * x;
    square += x * x;
    across += e * x0;
    outEps += out * e;
    outImage += out * x0;
  }
  return { band, left, target, mixed, square, across, outEps, outImage };
}

function noTypes(): OfTypes {
  return { epsilon: 0, v_prediction: 0, sample: 0 };
}

/** Looks at a few rows, and then tells once which other type the network predicts, if the stated one is none that it could. */
export class PredictionCheck {
  readonly #stated: PredictionType;
  readonly #rows: Record<Band, Evidence[]> = { even: [], noisy: [] };
  #isOver = false;

  constructor(stated: PredictionType) {
    this.#stated = stated;
  }

  /** @returns the type that the network predicts instead; null: nothing contradicts, or it is not known yet. */
  add(row: Evidence): PredictionType | null {
    const rows = this.#rows[row.band];
    if (this.#isOver || rows.length >= ROWS) return null;
    rows.push(row);
    const { even, noisy } = this.#rows;
    if (even.length < ROWS || noisy.length < ROWS) return null;
    this.#isOver = true;
    return contradiction(this.#stated, sharesOf(even), sharesOf(noisy));
  }
}

/** Some rows together. */
interface Shares {
  /** What is left of each type's target, as a share of what a guess of zeros leaves. */
  readonly left: OfTypes;
  /** The same of that multiple of x_t which is nearest to the target. */
  readonly multiple: OfTypes;
  /** The output as a mixture of noise and image, by least squares. */
  readonly made: { readonly eps: number; readonly z0: number };
}

function sharesOf(rows: readonly Evidence[]): Shares {
  const sum = (of: (row: Evidence) => number) => rows.reduce((total, row) => total + of(row), 0);
  const ofTypes = (of: (type: PredictionType) => number): OfTypes => ({
    epsilon: of('epsilon'),
    v_prediction: of('v_prediction'),
    sample: of('sample'),
  });
  const target = ofTypes((type) => sum((row) => row.target[type]));
  const square = sum((row) => row.square);
  const [ee, zz, ez] = [target.epsilon, target.sample, sum((row) => row.across)];
  const [oe, oz] = [sum((row) => row.outEps), sum((row) => row.outImage)];
  const determinant = ee * zz - ez * ez;
  return {
    left: ofTypes((type) => sum((row) => row.left[type]) / target[type]),
    multiple: ofTypes((type) => 1 - sum((row) => row.mixed[type]) ** 2 / (square * target[type])),
    made: { eps: (oe * zz - oz * ez) / determinant, z0: (oz * ee - oe * ez) / determinant },
  };
}

/** More of the noise than this is left by no network of epsilon where there is next to nothing else: x_t itself is that noise. */
const UNTOLD = 0.6;

/**
 * The stated type is no better than zeros, or epsilon where x_t itself tells it; another is where image and noise are even, clearly and
 * by more than any multiple of x_t, since a network that hands x_t on knows nothing of images; and the output is made as that type's
 * is. Where there is next to nothing of an image, v and the sample are guesses, which may be worse than zeros.
 */
function contradiction(stated: PredictionType, even: Shares, noisy: Shares): PredictionType | null {
  const most = stated === 'epsilon' ? UNTOLD : 1;
  if (even.left[stated] < 1 && noisy.left[stated] < most) return null;
  const isLike = (type: PredictionType) => {
    const left = type === 'epsilon' ? Math.min(even.left.epsilon, noisy.left.epsilon) : even.left[type];
    return left < CLEAR && even.left[type] < BETTER * even.multiple[type] && MADE_AS[type](even.made, noisy.made);
  };
  return PREDICTION_TYPES.find((type) => type !== stated && isLike(type)) ?? null;
}

type Made = Shares['made'];

/**
 * How much of the noise and of the image an output holds: of a predicted epsilon nearly all of the noise where there is nothing else;
 * of v = image * eps - noise * z0 little noise there, and much of it with the image subtracted where they are even; of a predicted
 * sample the image alone.
 */
const MADE_AS: Record<PredictionType, (even: Made, noisy: Made) => boolean> = {
  epsilon: (_, noisy) => noisy.eps > 0.6,
  v_prediction: (even, noisy) => Math.abs(noisy.eps) < 0.5 && even.eps > 0.3 && even.z0 < 0.05,
  sample: (even, noisy) => Math.abs(noisy.eps) < 0.3 && Math.abs(even.eps) < 0.3 && even.z0 > 0.3,
};
