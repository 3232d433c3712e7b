import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TILE_SIDE, tile } from './noise.ts';

const hash = fc.string().map((text) => createHash('sha256').update(text).digest('hex'));
const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));

describe('the tile', () => {
  it('is the same for everybody: a function of hash and progress', () => {
    fc.assert(
      fc.property(hash, fc.double({ min: 0, max: 1, noNaN: true }), (h, p) => {
        expect(tile(h, p)).toEqual(tile(h, p));
      }),
    );
  });

  it('holds opacities, whatever the hash and however far it is', () => {
    fc.assert(
      fc.property(fc.oneof(hash, fc.string()), fc.double({ min: -2, max: 3, noNaN: true }), (h, p) => {
        const pixels = tile(h, p);
        expect(pixels).toHaveLength(TILE_SIDE ** 2);
        expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
    );
  });

  it('clears: the further it is, the nearer to the emblem', () => {
    fc.assert(
      fc.property(hash, (h) => {
        const emblem = tile(h, 1);
        const [start, middle, late] = [0, 0.6, 0.97].map((p) => distance(tile(h, p), emblem));
        expect(start).toBeGreaterThan(middle!);
        expect(middle).toBeGreaterThan(late!);
      }),
    );
  });

  it('ends in an emblem that is mirrored and differs from checkpoint to checkpoint', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const emblem = tile(createHash('sha256').update(`${i}`).digest('hex'), 1);
      for (let row = 0; row < TILE_SIDE; row++) {
        const line = [...emblem.slice(row * TILE_SIDE, (row + 1) * TILE_SIDE)];
        expect(line).toEqual([...line].reverse());
      }
      seen.add(emblem.join());
    }
    expect(seen.size).toBe(200);
  });
});
