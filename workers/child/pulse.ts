/**
 * Tells that a long piece of work goes on: calls `beat` at most every `ms`, and only where `count` is another than at the
 * last look, so that work that hangs stays silent.
 *
 * @returns what ends it.
 */
export function startPulse(count: () => number, beat: () => void, ms: number): () => void {
  let last = count();
  const timer = setInterval(() => {
    const now = count();
    if (now !== last) beat();
    last = now;
  }, ms);
  return () => clearInterval(timer);
}
