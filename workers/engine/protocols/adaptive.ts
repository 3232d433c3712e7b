import { estimate, isDecided, looks, meanOf, RACE_RULE, type RaceRule, sampleOrder } from './adaptive-bound.ts';
import { raceSquare } from './adaptive-square.ts';
import type { Cell, Race, RaceErrors, Round } from './race.ts';

/** One that is raced, for the lowest mean error. */
interface Runner {
  readonly cells: readonly Cell[];
  readonly error: (k: number) => number;
}

/** Whether an example of this shape can be raced: texts of one image, images of one text, or two of each as Winoground's. */
export function canRace(texts: number, images: number): boolean {
  return texts === 1 || images === 1 || (texts === 2 && images === 2);
}

/**
 * Races one example. The generator returns scores [text][image], higher is better, among which the winner's is the highest:
 *
 * - of those that were drawn in full, the full budget's score (between texts of one image: without the empty text's errors,
 *   which is the same constant for all);
 * - of a winner that was left alone, the mean over what was drawn;
 * - of one that dropped out, the score of the leader of that moment less the mean difference to it over the samples that both had.
 *
 * They compare within the example only. Two texts by two images: see raceSquare.
 *
 * @param count samples of the full budget, the length of every array of errors.
 * @throws RangeError for a shape that cannot be raced.
 */
export function race(errors: RaceErrors, count: number, rule: RaceRule = RACE_RULE): Race {
  const { cond, uncond } = errors;
  const [texts, images] = [cond.length, uncond.length];
  if (images === 1) return raceTexts(errors, count, rule);
  if (texts === 1) return raceImages(errors, count, rule);
  if (!canRace(texts, images)) throw new RangeError(`${texts} texts by ${images} images cannot be raced`);
  return raceSquare(errors, count, rule);
}

function* raceTexts({ cond }: RaceErrors, count: number, rule: RaceRule): Race {
  const runners = cond.map(([errors], text): Runner => {
    return { cells: [{ text, image: 0 }], error: (k) => errors![k]! };
  });
  return (yield* raceList(runners, count, rule)).map((score) => [score]);
}

function* raceImages({ cond, uncond }: RaceErrors, count: number, rule: RaceRule): Race {
  const runners = cond[0]!.map((errors, image): Runner => {
    const baseline = uncond[image]!;
    const cells = [0, undefined].map((text) => ({ text, image }));
    return { cells, error: (k) => errors[k]! - baseline[k]! };
  });
  return [yield* raceList(runners, count, rule)];
}

function* raceList(runners: readonly Runner[], count: number, rule: RaceRule): Generator<Round, number[], void> {
  const order = sampleOrder(count);
  let left = runners;
  let samples: readonly number[] = [];
  /** In the order in which they dropped out. */
  const out: { readonly runner: Runner; readonly leader: Runner; readonly behind: number }[] = [];
  for (const n of looks(count, rule)) {
    yield { cells: left.flatMap(({ cells }) => cells), samples: order.slice(samples.length, n) };
    // Ascending, so that the sums are the full budget's to the bit once all are drawn.
    samples = order.slice(0, n).sort((a, b) => a - b);
    if (n === count) break;
    const means = left.map(({ error }) => meanOf(error, samples));
    const leader = left[means.indexOf(Math.min(...means))]!;
    left = left.filter((runner) => {
      if (runner === leader) return true;
      const behind = estimate((k) => runner.error(k) - leader.error(k), samples, count);
      if (!isDecided(behind, rule)) return true;
      out.push({ runner, leader, behind: behind.mean });
      return false;
    });
    if (left.length === 1) break;
  }
  const scores = new Map(left.map((runner) => [runner, -meanOf(runner.error, samples)]));
  // A leader drops out after those whom it led, if at all.
  for (const { runner, leader, behind } of out.reverse()) scores.set(runner, scores.get(leader)! - behind);
  return runners.map((runner) => scores.get(runner)!);
}
