import type { Mixture } from './errors.ts';
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
type Band = keyof typeof BANDS;
/** Rows of each band that are looked at. */
const ROWS = 12;
/** Below this share of what a guess of zeros leaves, a type explains the output. */
const CLEAR = 0.5;

/** Looks at a few rows, and then tells once which other type the network predicts, if the stated one is none that it could. */
export class PredictionCheck {
  readonly #stated: PredictionType;
  readonly #bands: Record<Band, Sums> = { even: new Sums(), noisy: new Sums() };
  #isOver = false;

  constructor(stated: PredictionType) {
    this.#stated = stated;
  }

  /** @returns the type that the network predicts instead; null: nothing contradicts, or it is not known yet. */
  add(row: CheckedRow): PredictionType | null {
    if (this.#isOver) return null;
    const band = bandOf(row.mixture);
    if (band === null || this.#bands[band].rows >= ROWS) return null;
    this.#bands[band].add(row);
    if (Object.values(this.#bands).some(({ rows }) => rows < ROWS)) return null;
    this.#isOver = true;
    return contradiction(this.#stated, this.#bands);
  }
}

/**
 * The stated type is no better than zeros; another is, in both bands and clearly in one, is better than handing x_t on where that
 * is a poor guess, and the output is made as that type's is.
 */
function contradiction(stated: PredictionType, { even, noisy }: Record<Band, Sums>): PredictionType | null {
  const isBeaten = (type: PredictionType) => even.shareOf(type) >= 1 || noisy.shareOf(type) >= 1;
  if (!isBeaten(stated)) return null;
  const isLike = (type: PredictionType) =>
    !isBeaten(type) &&
    Math.min(even.shareOf(type), noisy.shareOf(type)) < CLEAR &&
    even.shareOf(type) < even.shareOfMixed(type) &&
    MADE_AS[type](noisy.mixture());
  return PREDICTION_TYPES.find((type) => type !== stated && isLike(type)) ?? null;
}

/**
 * How much of the noise and of the image an output holds where noise is nearly all: of a predicted epsilon nearly all of the noise;
 * of v = image * eps - noise * z0 little noise, and the image with a minus; of a predicted sample the image.
 */
const MADE_AS: Record<PredictionType, (of: { readonly eps: number; readonly z0: number }) => boolean> = {
  epsilon: ({ eps }) => eps > 0.6,
  v_prediction: ({ eps, z0 }) => Math.abs(eps) < 0.5 && z0 < -0.05,
  sample: ({ eps, z0 }) => Math.abs(eps) < 0.3 && z0 > 0.05,
};

function bandOf({ image }: Mixture): Band | null {
  const abar = image * image;
  const bands = Object.entries(BANDS) as [Band, { from: number; to: number }][];
  return bands.find(([, { from, to }]) => abar >= from && abar <= to)?.[0] ?? null;
}

/** Sums over the elements of some rows. */
class Sums {
  rows = 0;
  /** Squares that are left of each type's target, and of the target itself, which is what a guess of zeros leaves. */
  readonly #left = { epsilon: 0, v_prediction: 0, sample: 0 };
  readonly #target = { epsilon: 0, v_prediction: 0, sample: 0 };
  /** Squares that x_t itself leaves. */
  readonly #mixed = { epsilon: 0, v_prediction: 0, sample: 0 };
  #across = 0;
  #outEps = 0;
  #outImage = 0;

  add({ z0, eps, mixture: { image, noise }, output, outputAt }: CheckedRow): void {
    const [left, target, mixed] = [this.#left, this.#target, this.#mixed];
    for (let i = 0; i < z0.length; i++) {
      const out = output[outputAt + i]!;
      const [x0, e] = [z0[i]!, eps[i]!];
      const v = image * e - noise * x0;
      const x = image * x0 + noise * e;
      left.epsilon += (e - out) ** 2;
      left.v_prediction += (v - out) ** 2;
      left.sample += (x0 - out) ** 2;
      mixed.epsilon += (e - x) ** 2;
      mixed.v_prediction += (v - x) ** 2;
      mixed.sample += (x0 - x) ** 2;
      target.epsilon += e * e;
      target.v_prediction += v * v;
      target.sample += x0 * x0;
      this.#across += e * x0;
      this.#outEps += out * e;
      this.#outImage += out * x0;
    }
    this.rows += 1;
  }

  /** What is left of a type's target, as a share of what a guess of zeros leaves. */
  shareOf(type: PredictionType): number {
    return this.#left[type] / this.#target[type];
  }

  /** The same of x_t in the place of the output. */
  shareOfMixed(type: PredictionType): number {
    return this.#mixed[type] / this.#target[type];
  }

  /** The output as a mixture of noise and image, by least squares. */
  mixture(): { eps: number; z0: number } {
    const [ee, zz, ez] = [this.#target.epsilon, this.#target.sample, this.#across];
    const determinant = ee * zz - ez * ez;
    return {
      eps: (this.#outEps * zz - this.#outImage * ez) / determinant,
      z0: (this.#outImage * ee - this.#outEps * ez) / determinant,
    };
  }
}
