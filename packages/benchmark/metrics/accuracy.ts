/** What one example adds to an accuracy. */
export interface Credit {
  /** 1: right alone at the maximum; 1/m: one of m candidates that share it; 0: below it. */
  readonly credit: number;
  /** The right candidate shares the maximum with another. */
  readonly tied: boolean;
}

/**
 * Credit of one example. `scores` holds one finite score a candidate (at least one), `right` is the right one's place.
 * The published code takes the first maximum, and the right answer stands first, so that a constant model would be given
 * 100%; with 1/m it lands exactly on chance.
 */
export function tieCredit(scores: readonly number[], right = 0): Credit {
  const own = scores[right];
  if (own === undefined) throw new RangeError(`No candidate ${right} among ${scores.length}.`);
  let equal = 0;
  for (const score of scores) {
    if (score > own) return { credit: 0, tied: false };
    if (score === own) equal++;
  }
  return { credit: 1 / equal, tied: equal > 1 };
}
