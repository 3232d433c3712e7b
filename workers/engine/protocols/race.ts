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
