import type { WinogroundScore } from '../tasks/tasks.ts';

/** Outcome of one example of 2 texts by 2 images; caption i belongs to image i. */
export interface WinogroundOutcome {
  readonly right: Readonly<Record<WinogroundScore, boolean>>;
  /** One of the four comparisons is between equal scores. */
  readonly tied: boolean;
}

/**
 * Winoground's three scores of one example (`scores[text][image]`), all strict: a tie fails. Text: each image prefers its
 * own caption. Image: each caption prefers its own image. Group: both.
 */
export function winogroundOutcome(scores: readonly (readonly number[])[]): WinogroundOutcome {
  const [[s00, s01], [s10, s11]] = scores as [[number, number], [number, number]];
  const text = s00 > s10 && s11 > s01;
  const image = s00 > s01 && s11 > s10;
  const tied = s00 === s10 || s11 === s01 || s00 === s01 || s11 === s10;
  return { right: { text, image, group: text && image }, tied };
}
