/** A source of whole numbers from 0 up to, not including, `below` (at most 2^32). */
export type RandomIndex = (below: number) => number;

/**
 * A small seeded generator (sfc32, of the PractRand suite) for resampling: the same seed gives the same intervals and
 * p values on every machine. Not for secrets.
 */
export function seededIndex(seed: number): RandomIndex {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // the first values still show the seed
  for (let i = 0; i < 16; i++) next();
  return (below) => Math.floor((next() / 2 ** 32) * below);
}
