import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { schedulerOf } from '../../../test/support/scheduler.ts';
import { alphasCumprod } from '../diffusion/schedule.ts';
import { drawNoise, NoiseStream } from './noise.ts';
import { timestepsFor } from './timesteps.ts';

interface Draw {
  sum: number;
  sum_of_squares: number;
  values?: number[];
  first?: number[];
  last?: number[];
}
const reference = JSON.parse(readFileSync(new URL('../../../test/reference/noise.json', import.meta.url), 'utf8')) as {
  noise: { shape: number[]; seed: number; draws: Draw[] }[];
  schedules: { config: Record<string, unknown>; timesteps: number[]; alphas_cumprod: number[] }[];
};

const farthest = (have: ArrayLike<number>, want: readonly number[]) =>
  want.reduce((worst, value, i) => Math.max(worst, Math.abs(value - have[i]!)), 0);

describe('noise', () => {
  it.each(each(reference.noise))(
    "equals PyTorch's stream for shape $shape and seed $seed",
    ({ shape, seed, draws }) => {
      const stream = new NoiseStream(seed);
      const size = shape.reduce((product, dim) => product * dim, 1);
      for (const { values, first, last, ...sums } of each(draws)) {
        const tensor = stream.draw(size);
        expect(farthest(tensor, values ?? first!)).toBeLessThan(1e-5);
        if (last) expect(farthest(tensor.subarray(size - last.length), last)).toBeLessThan(1e-5);
        const sum = tensor.reduce((total, value) => total + value, 0);
        const squares = tensor.reduce((total, value) => total + value * value, 0);
        expect(Math.abs(sum - sums.sum)).toBeLessThan(1e-6 * size);
        expect(Math.abs(squares - sums.sum_of_squares)).toBeLessThan(1e-5 * size);
      }
    },
  );

  it.each([5, 16, 105])('is drawn again the same when it was not kept (%i numbers)', (size) => {
    const stream = new NoiseStream(7);
    const straight = Array.from({ length: 6 }, () => stream.draw(size));
    const noise = drawNoise(7, size, 6, 2 * 4 * size);
    for (const k of [5, 0, 3, 1, 4, 2, 0, 5]) expect(noise.tensor(k)).toEqual(straight[k]);
    expect(() => noise.tensor(6)).toThrow(RangeError);
    // Those that fit stay, however often all are gone through; another is kept while it is asked for again.
    expect(noise.tensor(0)).toBe(noise.tensor(0));
    const [first, other] = [noise.tensor(1), noise.tensor(2)];
    expect([noise.tensor(2) === other, noise.tensor(5), noise.tensor(1)]).toEqual([true, straight[5], straight[1]]);
    expect(noise.tensor(1)).toBe(first);
    const none = drawNoise(7, size, 6, 4 * size - 1);
    for (const k of [5, 0, 0, 3]) expect(none.tensor(k)).toEqual(straight[k]);
  });
});

describe('schedule', () => {
  it.each(each(reference.schedules))(
    'gives the cumulative alphas of $config',
    ({ config, timesteps, alphas_cumprod }) => {
      const alphas = alphasCumprod(schedulerOf(config));
      expect(
        farthest(
          timesteps.map((t) => alphas[t]!),
          alphas_cumprod,
        ),
      ).toBeLessThan(1e-9);
    },
  );
});

describe('timesteps', () => {
  it.each([
    [250, 245],
    [100, 98],
    [10, 10],
    [1, 1],
    [1000, 980],
  ])('a budget of %i gives %i', (samples, count) => {
    expect(timestepsFor(samples, 1000)).toHaveLength(count);
  });

  it('are every floor(1000/N)-th step between 10 and 990, on the scale of the training steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 4000 }), (samples, trainSteps) => {
        const rate = Math.floor(1000 / samples);
        const all = Array.from({ length: 990 }, (_, t) => t).filter((t) => t >= 10 && (t - 10) % rate === 0);
        expect(timestepsFor(samples, trainSteps)).toEqual(all.map((t) => Math.floor((t * trainSteps) / 1000)));
      }),
    );
  });

  it.each([0, 1001, 2.5, Number.NaN])('a budget of %d is out of range', (samples) => {
    expect(() => timestepsFor(samples, 1000)).toThrow(RangeError);
  });
});
