import { createHash } from 'node:crypto';

/** A seeded stream of draws; equal names give equal streams on every machine. */
export type Random = {
  /** Uniform in [0, 1), 32 bits. */
  unit(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in 0..n-1. */
  below(n: number): number;
  /** One item; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A new list of the same items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** True with probability p. */
  chance(p: number): boolean;
};

/**
 * The stream called `name` under `seed`: sfc32 whose 128 bits of state are the start of a SHA-256. Streams of different
 * names are independent, so a scene can be drawn again alone, without those before it.
 */
export function randomStream(seed: number, name: string): Random {
  const digest = createHash('sha256').update(`gdbench builtin\n${seed}\n${name}`).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;
  const unit = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) unit();
  const below = (n: number): number => Math.floor(unit() * n);
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('cannot pick from an empty list');
    return items[below(items.length)] as T;
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  };
  return {
    unit,
    below,
    pick,
    shuffle,
    between: (low, high) => low + unit() * (high - low),
    chance: (p) => unit() < p,
  };
}
