import { estimate, isDecided, looks, meanOf, RACE_RULE, type RaceRule, sampleOrder } from './adaptive-bound.ts';
import { raceSquare } from './adaptive-square.ts';

/**
 * Adaptive sampling: an example's candidates are raced on shared noise, and one drops out when it can hardly win any more.
 *
 * All that are left are drawn at the same samples k, so that the difference between two is paired and most of the noise
 * cancels. The target is no expectation over noise but the full budget's own mean over its N samples. A candidate drops out
 * when its mean difference to the leader is more than RaceRule.errors standard errors. Samples come in an order that is
 * spread over the timesteps evenly: that estimates better than random ones, whose standard error is therefore on the safe side.
 *
 * A race asks for rows and is given errors. It knows no model, so that stored errors can play one.
 */
export type Race = Generator<Round, number[][], void>;

/** A text with an image; no text: the empty one. */
export interface Cell {
  readonly text: number | undefined;
  readonly image: number;
}

/** Rows that a race wants next: every cell at every sample. Some of them may be drawn already. */
export interface Round {
  readonly cells: readonly Cell[];
  readonly samples: readonly number[];
}

/** Where errors are put: those asked for must be there before the race goes on. The others are never read. */
export interface RaceErrors {
  /** [text][image][k] */
  readonly cond: readonly (readonly Float32Array[])[];
  /** [image][k]; asked for only where images are compared: between texts of one image it cancels. */
  readonly uncond: readonly Float32Array[];
}

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
