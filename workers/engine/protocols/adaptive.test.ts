import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { canRace, race } from './adaptive.ts';
import { estimate, looks, RACE_RULE, type RaceRule, sampleOrder } from './adaptive-bound.ts';
import { replay } from './adaptive-replay.ts';
import type { RaceErrors } from './race.ts';
import { reduceErrors } from './reduce.ts';

const NEVER: RaceRule = { ...RACE_RULE, errors: Number.POSITIVE_INFINITY };

/** A race, and how many rows it drew. What it did not ask for was NaN. */
function run(stored: RaceErrors, rule: RaceRule = RACE_RULE) {
  const { scores, cond, uncond } = replay(stored, rule);
  const rows = [...cond.flat(), ...uncond].flatMap((marks) => [...marks]).reduce((sum, mark) => sum + mark, 0);
  return { scores, rows };
}

/** Pseudo-random numbers, roughly normal. */
function normals(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => 2 * (uniform() + uniform() + uniform()) - 3;
}

/** Errors with the means given, [text][image], over a common part that is much larger than the differences. */
function errorsAround(means: readonly (readonly number[])[], count: number, seed: number, spread = 1): RaceErrors {
  const draw = normals(seed);
  const uncond = means[0]!.map(() => Float32Array.from({ length: count }, (_, k) => 40 - k / count + draw()));
  const cond = means.map((row) =>
    row.map((mean, image) => uncond[image]!.map((base) => base + mean + spread * draw())),
  );
  return { cond, uncond };
}

const shape = fc.constantFrom<[number, number][]>([2, 1], [10, 1], [1, 2], [1, 10], [2, 2], [1, 1]);
const matrix = ([texts, images]: [number, number]) =>
  fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: images, maxLength: images }), {
    minLength: texts,
    maxLength: texts,
  });
const example = fc.record({
  means: shape.chain(matrix),
  count: fc.constantFrom(1, 2, 10, 16, 17, 98, 245),
  seed: fc.nat(1e6),
});

function winner(scores: readonly (readonly number[])[]): number {
  const flat = scores.flat();
  return flat.indexOf(Math.max(...flat));
}

/** Winoground's four comparisons. */
const four = (s: number[][]) => {
  const [[a, b], [c, d]] = s as [[number, number], [number, number]];
  return [a - c, d - b, a - b, d - c].map(Math.sign);
};

describe('race', () => {
  it('gives the full budget to the bit when nobody may drop out', () => {
    fc.assert(
      fc.property(example, ({ means, count, seed }) => {
        const errors = errorsAround(means, count, seed);
        const { scores, rows } = run(errors, NEVER);
        fc.pre(means.flat().length > 1);
        const exact = means[0]!.length === 1 ? 'diffusion-itm-unnormalized' : 'diffusion-itm';
        expect(scores).toEqual(reduceErrors(exact, errors, 1));
        const baselines = means[0]!.length === 1 ? 0 : means[0]!.length;
        expect(rows).toBe((means.flat().length + baselines) * count);
      }),
    );
  });

  it('draws no more than the full budget, and reads what it drew alone', () => {
    fc.assert(
      fc.property(example, ({ means, count, seed }) => {
        const { scores, rows } = run(errorsAround(means, count, seed));
        expect(rows).toBeLessThanOrEqual((means.flat().length + means[0]!.length) * count);
        expect(scores.map((row) => row.length)).toEqual(means.map((row) => row.length));
        expect(scores.flat().every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('finds a winner that stands apart, in the fewest rows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<[number, number]>([10, 1], [1, 10], [2, 1], [1, 2]),
        fc.nat(),
        fc.nat(1e6),
        ([texts, images], place, seed) => {
          const best = place % (texts * images);
          const means = Array.from({ length: texts }, (_, text) =>
            Array.from({ length: images }, (_, image) => (text * images + image === best ? 0 : 10)),
          );
          const { scores, rows } = run(errorsAround(means, 245, seed));
          expect(winner(scores)).toBe(best);
          expect(rows).toBe(RACE_RULE.first * (images === 1 ? texts : 2 * images));
        },
      ),
    );
  });

  it('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(1e6), fc.integer({ min: 1, max: 9 }), (byText, seed, turn) => {
        const draw = normals(seed);
        const means = Array.from({ length: 10 }, () => draw() / 8);
        const errors = errorsAround(byText ? means.map((mean) => [mean]) : [means], 245, seed);
        const rotate = <T>(list: readonly T[]): T[] => [...list.slice(turn), ...list.slice(0, turn)];
        const turned: RaceErrors = byText
          ? { ...errors, cond: rotate(errors.cond) }
          : { cond: errors.cond.map(rotate), uncond: rotate(errors.uncond) };
        const [before, after] = [run(errors), run(turned)];
        expect(after.rows).toBe(before.rows);
        expect(after.scores.flat()).toEqual(rotate(before.scores.flat()));
      }),
      { numRuns: 40 },
    );
  });

  it("does not depend on what all of an image's candidates share", () => {
    fc.assert(
      fc.property(example, fc.integer({ min: -8, max: 8 }), ({ means, count, seed }, shift) => {
        // Multiples of 1/1024, whose sums are exact.
        const grid = (row: Float32Array) => row.map((value) => Math.round(value * 1024) / 1024);
        const noisy = errorsAround(means, count, seed);
        const errors: RaceErrors = { cond: noisy.cond.map((row) => row.map(grid)), uncond: noisy.uncond.map(grid) };
        const moved: RaceErrors = {
          cond: errors.cond.map((row) => row.map((pair) => pair.map((value) => value + shift))),
          uncond: errors.uncond.map((row) => row.map((value) => value + shift)),
        };
        const [before, after] = [run(errors), run(moved)];
        expect(after.rows).toBe(before.rows);
        const lower = means[0]!.length === 1 ? shift : 0;
        each(after.scores.flat()).forEach((score, i) => {
          expect(score).toBeCloseTo(before.scores.flat()[i]! - lower, 9);
        });
      }),
    );
  });

  it('draws equal candidates in full and leaves them tied', () => {
    const { cond, uncond } = errorsAround([[0], [3]], 98, 5);
    const { scores } = run({ cond: [cond[0]!, cond[1]!, cond[0]!], uncond });
    expect(scores[0]).toEqual(scores[2]);
    expect(scores[0]).toEqual(reduceErrors('diffusion-itm-unnormalized', { cond }, 1)[0]);
    expect(scores[1]![0]).toBeLessThan(scores[0]![0]!);
  });

  it('ranks those that dropped out below the winner, each by its distance to the leader', () => {
    const means = [[0], [20], [5], [10]];
    const { scores } = run(errorsAround(means, 245, 9));
    const flat = scores.map(([score]) => -score!);
    for (const [i, [mean]] of means.entries()) expect(Math.abs(flat[i]! - flat[0]! - mean!)).toBeLessThan(1);
  });

  it('keeps the decisions of all four comparisons, contradictory estimates or not', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(0.05, 0.2, 1), (seed, gap) => {
        const draw = normals(seed);
        const means = [0, 1].map(() => [0, 1].map(() => gap * draw()));
        const errors = errorsAround(means, 245, seed);
        const { scores, rows } = run(errors);
        expect(rows).toBeLessThanOrEqual(6 * 245);
        // What a comparison's own samples say at the moment of its decision, found by trying the four one by one.
        const pairs: [RaceErrors, (s: number[][]) => number][] = [
          [column(errors, 0), (s) => s[0]![0]! - s[1]![0]!],
          [column(errors, 1), (s) => s[1]![0]! - s[0]![0]!],
          [line(errors, 0), (s) => s[0]![0]! - s[0]![1]!],
          [line(errors, 1), (s) => s[0]![1]! - s[0]![0]!],
        ];
        const alone = pairs.map(([part, read]) => Math.sign(read(run(part).scores)));
        const exact = four(reduceErrors('diffusion-itm', errors, 1));
        expect([alone, exact]).toContainEqual(four(scores));
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with the full budget in 99 of 100 examples or more, however close the candidates are', () => {
    let agreed = 0;
    const examples = 1000;
    for (let seed = 0; seed < examples; seed++) {
      const draw = normals(seed + 7777);
      // Differences of the order of their own standard error over the full budget (2 / sqrt(245) = 0.13) and up to ten times that.
      const means = [[0.13 * draw()], [0.13 * draw() * (seed % 10)]];
      const errors = errorsAround(means, 245, seed);
      const exact = reduceErrors('diffusion-itm-unnormalized', errors, 1);
      if (winner(run(errors).scores) === winner(exact)) agreed++;
    }
    expect(agreed / examples).toBeGreaterThanOrEqual(0.99);
  });

  it('is refused for other shapes', () => {
    expect(canRace(3, 2)).toBe(false);
    expect(() =>
      race(
        errorsAround(
          [
            [0, 0],
            [0, 0],
            [0, 0],
          ],
          4,
          1,
        ),
        4,
      ),
    ).toThrow(RangeError);
  });
});

/** One image of a square, with both texts. */
function column({ cond, uncond }: RaceErrors, image: number): RaceErrors {
  return { cond: cond.map((row) => [row[image]!]), uncond: [uncond[image]!] };
}

/** One text of a square, with both images. */
function line({ cond, uncond }: RaceErrors, text: number): RaceErrors {
  return { cond: [cond[text]!], uncond };
}

describe('sampleOrder', () => {
  it('takes each sample once, and every beginning of it covers the timesteps evenly', () => {
    for (const count of [1, 2, 10, 98, 245, 980]) {
      const order = sampleOrder(count);
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, k) => k));
      for (let n = 1; n <= count; n++) {
        const taken = order.slice(0, n).sort((a, b) => a - b);
        const gaps = taken.map((k, i) => k - (i === 0 ? -1 : taken[i - 1]!));
        // Gaps of a golden-ratio sequence have at most three lengths, the largest below 2.62 times the mean; ranks round them.
        expect(Math.max(...gaps)).toBeLessThan((2.62 * (count + 1)) / n + 2);
      }
    }
  });
});

describe('estimate', () => {
  it('has the standard error of all ways to draw n of N', () => {
    const values = [3, -1, 4, 1, -5, 9, 2];
    const mean = values.reduce((a, b) => a + b) / values.length;
    const draws = [...Array(2 ** values.length).keys()]
      .map((mask) => values.map((_, k) => k).filter((k) => (mask >> k) & 1))
      .filter(({ length }) => length === 3)
      .map((samples) => estimate((k) => values[k]!, samples, values.length));
    expect(draws).toHaveLength(35);
    const average = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
    expect(average(draws.map((draw) => draw.mean))).toBeCloseTo(mean, 12);
    // Its square is unbiased for the variance of the mean.
    expect(average(draws.map(({ standardError }) => standardError ** 2))).toBeCloseTo(
      average(draws.map((draw) => (draw.mean - mean) ** 2)),
      12,
    );
  });

  it('is certain when all are drawn', () => {
    expect(estimate((k) => k, [0, 1, 2, 3], 4)).toEqual({ mean: 1.5, standardError: 0 });
  });
});

describe('looks', () => {
  it('rises to the full budget and ends there', () => {
    for (let count = 1; count < 300; count++) {
      const all = [...looks(count, RACE_RULE)];
      expect(all.at(-1)).toBe(count);
      expect(all.every((n, i) => i === 0 || n > all[i - 1]!)).toBe(true);
    }
    expect([...looks(40, { errors: 3, first: 16, growth: 0.3, step: 8 })]).toEqual([16, 24, 32, 40]);
  });
});
