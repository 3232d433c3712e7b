/** What may open a clause without adding to it. */
const OPENING = /^(?:there is|there are|the picture shows|we see) /;
/** What may stand before a relation without adding to it. */
const STANDING =
  / (?:is|stands|rests) (?=(?:far |just |straight )?(?:left of|right of|in front of|behind)|on top of|underneath|level with|half hidden by|at the|in the)/;

/**
 * The clauses of a caption, in the bare words of the grammar: all of them must hold. Clauses are divided by "while", by a
 * comma, or by a comma and "and" ("a red cube left of a blue sphere, and a gray cube behind a blue sphere").
 */
export function clausesOf(caption: string): string[] {
  const words = caption.replace(/\.$/, '').toLowerCase();
  return words.split(/, and |, | while /).map((clause) => clause.replace(OPENING, '').replace(STANDING, ' '));
}
