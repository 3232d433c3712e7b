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
  const { above, equal } = standing(scores, right);
  return above > 0 ? { credit: 0, tied: false } : { credit: 1 / equal, tied: equal > 1 };
}

/**
 * Credit for standing among the `k` best (recall at k, k at least 1): the share of the right candidate's ties that have
 * room there. 1 where all of them do, 0 where `k` others are better. With k = 1 it is `tieCredit`.
 */
export function recallCredit(scores: readonly number[], right: number, k: number): number {
  const { above, equal } = standing(scores, right);
  return Math.min(1, Math.max(0, k - above) / equal);
}

/** How many candidates score above the right one, and how many the same as it, itself among them. */
function standing(scores: readonly number[], right: number): { above: number; equal: number } {
  const own = scores[right];
  if (own === undefined) throw new RangeError(`No candidate ${right} among ${scores.length}.`);
  let above = 0;
  let equal = 0;
  for (const score of scores) {
    if (score > own) above++;
    else if (score === own) equal++;
  }
  return { above, equal };
}
