import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { schedulerOf } from '../../../test/support/scheduler.ts';
import { type Mixture, mixtureOf } from '../protocols/errors.ts';
import { NoiseStream } from '../protocols/noise.ts';
import { timestepsFor } from '../protocols/timesteps.ts';
import { bandOf, type CheckedRow, evidenceOf, PredictionCheck } from './prediction-check.ts';
import { alphasCumprod } from './schedule.ts';
import { PREDICTION_TYPES, type PredictionType } from './scheduler-classes.ts';

const SIZE = 4 * 8 * 8;
const mixtures = () => {
  const config = schedulerOf({ beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' });
  const alphas = alphasCumprod(config);
  return timestepsFor(20, config.num_train_timesteps).map((t) => mixtureOf(alphas[t]!));
};

/** From what went in to what comes out. */
type Network = (of: { z0: Float32Array; x: Float32Array; mixture: Mixture }) => Float32Array;

/** Flat images, which a network that knows them so finds again in any noise; `sees` of their contrast. */
const trained =
  (type: PredictionType, sees: number): Network =>
  ({ x, mixture: { image, noise } }) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / SIZE;
    return x.map((value) => {
      const x0 = (sees * mean) / image;
      const eps = (value - image * x0) / noise;
      return { epsilon: eps, v_prediction: image * eps - noise * x0, sample: x0 }[type];
    });
  };
/** Where next to nothing of an image is left, such a network guesses one, which may be further from it than zeros are. */
const guessing =
  (type: PredictionType): Network =>
  ({ x, mixture: { image, noise } }) => {
    const known = 0.9 * (x.reduce((sum, value) => sum + value, 0) / SIZE / image);
    const x0 = image ** 2 > 0.1 ? known : 0.8;
    return x.map((value) => {
      const eps = (value - image * x0) / noise;
      return { epsilon: eps, v_prediction: image * eps - noise * x0, sample: x0 }[type];
    });
  };
const untrained = (seed: number): Network => {
  const stream = new NoiseStream(seed);
  const mix = stream.draw(3);
  return ({ x }) => {
    const own = stream.draw(SIZE);
    return x.map((value, i) => mix[0]! * value + mix[1]! * own[i]! + mix[2]!);
  };
};

/** What the check says of a network on flat images, in the order in which rows are scored. */
function said(stated: PredictionType, network: Network, seed: number, contrast = 1): PredictionType[] {
  const check = new PredictionCheck(stated);
  const stream = new NoiseStream(seed);
  const images = [-1.1, -0.7, 0.6, 0.9, 1.3].map((level) => new Float32Array(SIZE).fill(level * contrast));
  const verdicts: PredictionType[] = [];
  for (const mixture of mixtures()) {
    const eps = stream.draw(SIZE);
    for (const z0 of images) {
      const x = z0.map((value, i) => mixture.image * value + mixture.noise * eps[i]!);
      const row: CheckedRow = { z0, eps, mixture, output: network({ z0, x, mixture }), outputAt: 0 };
      const band = bandOf(mixture);
      const verdict = band && check.add(evidenceOf(band, row));
      if (verdict) verdicts.push(verdict);
    }
  }
  return verdicts;
}

const pairs = PREDICTION_TYPES.flatMap((stated) => PREDICTION_TYPES.map((real) => [stated, real] as const));

describe('a stated prediction type', () => {
  it.each(each(pairs))('%s of a network that predicts %s is contradicted once, if they differ', (stated, real) => {
    for (const seed of [0, 1, 2])
      expect(said(stated, trained(real, 0.95), seed)).toEqual(stated === real ? [] : [real]);
  });

  it.each(each(pairs))('%s of a network of %s that only guesses where noise is nearly all', (stated, real) => {
    for (const seed of [0, 1, 2]) expect(said(stated, guessing(real), seed)).toEqual(stated === real ? [] : [real]);
  });

  it('is never contradicted where it is right, however little the network knows of these images', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PREDICTION_TYPES),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        fc.nat(1000),
        (type, sees, contrast, seed) => {
          expect(said(type, trained(type, sees), seed, contrast)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is never contradicted by a network of random weights', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PREDICTION_TYPES), fc.nat(100_000), (type, seed) => {
        expect(said(type, untrained(seed), seed + 1)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each(PREDICTION_TYPES)('%s is not contradicted by zeros, nor by handing the noisy image on', (stated) => {
    expect(said(stated, () => new Float32Array(SIZE), 0)).toEqual([]);
    expect(said(stated, ({ x }) => x, 0)).toEqual([]);
  });
});
