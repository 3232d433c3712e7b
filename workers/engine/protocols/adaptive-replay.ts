import type { SampleErrors } from '../scorers/scorer.ts';
import { race } from './adaptive.ts';
import { RACE_RULE, type RaceRule } from './adaptive-bound.ts';

export interface Replay {
  /** [text][image], as race gives them. */
  readonly scores: number[][];
  /** Which rows were drawn: [text][image][k] and [image][k], 1 or 0. */
  readonly cond: readonly (readonly Uint8Array[])[];
  readonly uncond: readonly Uint8Array[];
}

/**
 * Races on the stored errors of a full-budget pass. That is what a race on the model itself gives: its rows are some of the
 * pass's, with the same noise.
 *
 * @param stored with those of the empty text where images are compared.
 */
export function replay(stored: SampleErrors, rule: RaceRule = RACE_RULE): Replay {
  const count = stored.cond[0]?.[0]?.length ?? 0;
  const images = stored.cond[0] ?? [];
  const blank = () => new Float32Array(count).fill(Number.NaN);
  const unmarked = () => new Uint8Array(count);
  const errors = { cond: stored.cond.map((row) => row.map(blank)), uncond: images.map(blank) };
  const cond = stored.cond.map((row) => row.map(unmarked));
  const uncond = images.map(unmarked);
  const contest = race(errors, count, rule);
  let turn = contest.next();
  while (!turn.done) {
    const { cells, samples } = turn.value;
    for (const { text, image } of cells) {
      const [from, to, marks] =
        text === undefined
          ? [stored.uncond?.[image], errors.uncond[image]!, uncond[image]!]
          : [stored.cond[text]![image], errors.cond[text]![image]!, cond[text]![image]!];
      if (!from) throw new RangeError('the errors of the empty text were not kept');
      for (const k of samples) {
        to[k] = from[k]!;
        marks[k] = 1;
      }
    }
    turn = contest.next();
  }
  return { scores: turn.value, cond, uncond };
}
