import { type Estimate, estimate, isDecided, looks, meanOf, type RaceRule, sampleOrder } from './adaptive-bound.ts';
import type { Cell, Race, RaceErrors } from './race.ts';
import { reduceErrors } from './reduce.ts';

/** One of Winoground's questions: is the score of `right` higher than that of `wrong`? */
interface Comparison {
  readonly cells: readonly Cell[];
  /** Error of the wrong pair less that of the right one. */
  readonly value: (k: number) => number;
}

/**
 * Races two texts by two images: each of the four comparisons (text against text of either image, image against image of
 * either text) is drawn until it is decided. A row serves all comparisons that need it.
 *
 * The scores returned agree with the four decisions. As decisions rest on different samples, the four differences need not
 * close their circle: what is left over is shared out by their variances. Should that, or the decisions themselves, make a
 * contradiction, then the full budget is drawn.
 */
export function* raceSquare(errors: RaceErrors, count: number, rule: RaceRule): Race {
  const order = sampleOrder(count);
  const comparisons = comparisonsOf(errors);
  const found: (Estimate | undefined)[] = comparisons.map(() => undefined);
  let before = 0;
  let isExact = true;
  /** How far the images were compared under the first text, which gives the scores their place. */
  let based: readonly number[] = [];
  for (const n of looks(count, rule)) {
    const open = comparisons.filter((_, i) => !found[i]);
    yield { cells: distinct(open.flatMap(({ cells }) => cells)), samples: order.slice(before, n) };
    before = n;
    const samples = order.slice(0, n).sort((a, b) => a - b);
    if (!found[FIRST_IMAGES]) based = samples;
    for (const [i, { value }] of comparisons.entries()) {
      if (found[i]) continue;
      const now = estimate(value, samples, count);
      if (n < count && !isDecided(now, rule)) continue;
      found[i] = now;
      if (n < count) isExact = false;
    }
    if (found.every((one) => one)) break;
  }
  if (isExact) return reduceErrors('diffusion-itm', errors, 1);
  const base = -meanOf((k) => errors.cond[0]![0]![k]! - errors.uncond[0]![k]!, based);
  const scores = squareOf(
    found.map((one) => one!),
    base,
  );
  if (scores) return scores;
  const all = Array.from({ length: count }, (_, k) => k);
  yield { cells: distinct(comparisons.flatMap(({ cells }) => cells)), samples: all };
  return reduceErrors('diffusion-itm', errors, 1);
}

const FIRST_IMAGES = 2;

/** Texts of the first image, of the second; images of the first text, of the second. */
function comparisonsOf({ cond, uncond }: RaceErrors): Comparison[] {
  const pair = (text: number, image: number) => cond[text]![image]!;
  const texts = (right: number): Comparison => {
    const [own, other] = [pair(right, right), pair(1 - right, right)];
    const cells = [0, 1].map((text) => ({ text, image: right }));
    return { cells, value: (k) => other[k]! - own[k]! };
  };
  const images = (right: number): Comparison => {
    const [own, other] = [pair(right, right), pair(right, 1 - right)];
    const [base, otherBase] = [uncond[right]!, uncond[1 - right]!];
    const cells = [0, 1].flatMap((image) => [right, undefined].map((text) => ({ text, image })));
    return { cells, value: (k) => other[k]! - otherBase[k]! - (own[k]! - base[k]!) };
  };
  return [texts(0), texts(1), images(0), images(1)];
}

function distinct(cells: readonly Cell[]): Cell[] {
  return [...new Map(cells.map((cell) => [`${cell.text} ${cell.image}`, cell])).values()];
}

/** Going round the square: the differences of the texts less those of the images are nothing. */
const CIRCLE = [1, 1, -1, -1] as const;

/**
 * Scores with these differences, least squares moved so that the circle closes: one that was drawn in full stays as it is.
 * undefined where a comparison would come out otherwise.
 *
 * @param base the first pair's score.
 */
function squareOf(estimates: readonly Estimate[], base: number): number[][] | undefined {
  const variances = estimates.map(({ standardError }) => standardError ** 2);
  const total = variances.reduce((a, b) => a + b);
  const gap = estimates.reduce((sum, { mean }, i) => sum + CIRCLE[i]! * mean, 0);
  const moved = estimates.map(({ mean }, i) =>
    total === 0 ? mean : mean - (CIRCLE[i]! * gap * variances[i]!) / total,
  );
  const left = base - moved[0]!;
  const right = base - moved[FIRST_IMAGES]!;
  const corner = right + moved[1]!;
  const shown = [base - left, corner - right, base - right, corner - left];
  const agrees = estimates.every(({ mean }, i) => Math.sign(shown[i]!) === Math.sign(mean));
  return agrees
    ? [
        [base, right],
        [left, corner],
      ]
    : undefined;
}
