/**
 * p of McNemar's exact test (two-sided; McNemar, 1947, with the binomial in place of its approximation): `onlyA` and
 * `onlyB` count the examples that only one of two checkpoints has right. If both are equally good, each such example is a
 * fair coin: p = min(1, 2 P(X <= min(onlyA, onlyB))), X ~ Binomial(onlyA + onlyB, 1/2). 1 where there is none.
 */
export function mcnemarP(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // logarithms, for 2^-n is no number any more above n = 1074
  let log = -n * Math.LN2;
  let below = Math.exp(log);
  for (let i = 0; i < fewer; i++) {
    log += Math.log((n - i) / (i + 1));
    below += Math.exp(log);
  }
  return Math.min(1, 2 * below);
}
