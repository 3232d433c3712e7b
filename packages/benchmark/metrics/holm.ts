/**
 * Holm's corrected p of each of some tests (Holm, 1979), in their order: the smallest of m is multiplied by m, the next by
 * m - 1 and so on, none is below the one before it, and none is above 1. Those up to a level reject together: the chance that
 * any of them is a mistake is at most that level, however the tests depend on each other. A null takes no part and stays null.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, i) => (p === null ? [] : [{ i, p }])).sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = ps.map(() => null);
  let least = 0;
  for (const [place, { i, p }] of tested.entries()) {
    least = Math.min(1, Math.max(least, p * (tested.length - place)));
    corrected[i] = least;
  }
  return corrected;
}
