/** Side of a tile in pixels. */
export const TILE_SIDE = 16;

/**
 * The tile of a checkpoint: noise that clears into the checkpoint's emblem. As in diffusion,
 * `x = sqrt(progress) * emblem + sqrt(1 - progress) * noise`; both come from the sha256 alone, so every reader sees the same.
 *
 * @param sha256 hex digest that seeds emblem and noise
 * @param progress 0 (noise) to 1 (emblem); values outside are clipped
 * @returns TILE_SIDE² opacities between 0 and 1, row by row
 */
export function tile(sha256: string, progress: number): Float32Array {
  const p = Math.min(1, Math.max(0, progress));
  const clean = emblem(sha256);
  const random = generator(seedOf(sha256, 8));
  const keep = Math.sqrt(p);
  const noise = Math.sqrt(1 - p);
  return clean.map((value) => {
    const x = keep * (value - 0.5) + noise * gaussian(random) * 0.32 + 0.5;
    return Math.min(1, Math.max(0, x));
  });
}

/** A rounded figure, mirrored left to right, of a few waves whose frequencies and phases the hash chooses. */
function emblem(sha256: string): Float32Array {
  const random = generator(seedOf(sha256, 0));
  const waves = Array.from({ length: 4 }, (_, k) => ({
    x: (0.45 + random() * 0.75) * (k % 2 ? 1 : 0.6),
    y: (0.45 + random() * 0.75) * (k % 2 ? 0.6 : 1),
    phase: random() * 2 * Math.PI,
  }));
  const out = new Float32Array(TILE_SIDE * TILE_SIDE);
  const middle = (TILE_SIDE - 1) / 2;
  for (let row = 0; row < TILE_SIDE; row++) {
    for (let column = 0; column < TILE_SIDE; column++) {
      const x = Math.abs(column - middle);
      const y = row - middle;
      let height = 0;
      for (const wave of waves) height += Math.cos(wave.x * x + wave.phase) * Math.cos(wave.y * y + wave.phase);
      const inside = Math.hypot(x, y) < middle;
      out[row * TILE_SIDE + column] = inside ? (height > 0.35 ? 1 : height > -0.45 ? 0.55 : 0.18) : 0.06;
    }
  }
  return out;
}

/** 32 bits of the digest, from hex digit `at` on; text that is no hex still seeds. */
function seedOf(sha256: string, at: number): number {
  const parsed = Number.parseInt(sha256.slice(at, at + 8), 16);
  return Number.isNaN(parsed) ? 1 : parsed;
}

/** Mulberry32: uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
