import type { SampleErrors } from '../scorers/scorer.ts';

/**
 * Which of n samples stand for a run of m: `floor(linspace(0, n - 1, m))` (GDBENCH.md 2.3), as numpy computes it, last one exact.
 *
 * @param m 1 to n.
 */
export function sampleIndices(n: number, m: number): number[] {
  if (!Number.isInteger(m) || m < 1 || m > n) throw new RangeError(`${m} of ${n} samples cannot be taken`);
  const step = (n - 1) / (m - 1);
  return Array.from({ length: m }, (_, i) => (i === 0 ? 0 : i === m - 1 ? n - 1 : Math.floor(i * step)));
}

/** The errors of m samples only; reduceErrors gives their scores. */
export function subsample({ cond, uncond, gray }: SampleErrors, m: number): SampleErrors {
  const n = cond[0]?.[0]?.length ?? 0;
  const indices = sampleIndices(n, m);
  const take = (row: Float32Array) => Float32Array.from(indices, (k) => row[k]!);
  return {
    cond: cond.map((row) => row.map(take)),
    ...(uncond ? { uncond: uncond.map(take) } : {}),
    ...(gray ? { gray: gray.map(take) } : {}),
  };
}
