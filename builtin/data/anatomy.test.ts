import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { creatureStage, renderCreature } from './anatomy.ts';
import { drawCreature, KINDS, kindName } from './creatures.ts';
import { cameraAt, EYE, LENS } from './optics.ts';
import { randomStream } from './random.ts';
import { type Body, hit, normalAt } from './solids.ts';

/** Whether a point lies in the body (or within `slack` of it): the plain definition of an egg and a cone. */
function contains(b: Body, x: number, y: number, z: number, slack = 0): boolean {
  const [across, up] = [Math.hypot(x - b.x, y - b.y), z - b.z];
  if (b.kind === 'egg') return (across / b.half) ** 2 + (up / b.halfHeight) ** 2 <= 1 + slack;
  return Math.abs(up) <= b.halfHeight + slack && across <= (b.half * (b.halfHeight - up)) / (2 * b.halfHeight) + slack;
}

const size = fc.double({ min: 0.2, max: 1.2, noNaN: true });
const place = fc.double({ min: -1.5, max: 1.5, noNaN: true });
const anyBody = fc
  .record({
    kind: fc.constantFrom('egg' as const, 'cone' as const),
    half: size,
    halfHeight: size,
    x: place,
    y: place,
    z: place,
  })
  .map(
    (b): Body => ({
      ...b,
      z: b.z + 3,
      cos: 1,
      sin: 0,
      bound: (b.half * b.half + b.halfHeight * b.halfHeight) * 1.0001,
    }),
  );

/** A unit vector from the eye to a point. */
function towards(x: number, y: number, z: number): readonly [number, number, number] {
  const d = [x - EYE.x, y - EYE.y, z - EYE.z] as const;
  const n = Math.hypot(...d);
  return [d[0] / n, d[1] / n, d[2] / n];
}

describe('rays on eggs and cones', () => {
  it('meet them where a walk in small steps does', () => {
    const off = fc.double({ min: -1.3, max: 1.3, noNaN: true });
    fc.assert(
      fc.property(anyBody, off, off, (b, tx, tz) => {
        const [dx, dy, dz] = towards(b.x + tx * b.half, b.y, b.z + tz * b.halfHeight);
        const inside = (t: number, slack = 0): boolean =>
          contains(b, EYE.x + dx * t, EYE.y + dy * t, EYE.z + dz * t, slack);
        const t = hit(b, EYE.x, EYE.y, EYE.z, dx, dy, dz);
        const step = 0.01;
        let walked = Infinity;
        for (let s = 4; s < 14 && walked === Infinity; s += step) if (inside(s)) walked = s;
        if (walked < Infinity) expect(Math.abs(t - walked)).toBeLessThanOrEqual(step + 1e-9);
        // A ray that only grazes the body can slip between two steps: its point must still be on the surface.
        else if (t < Infinity) expect(inside(t, 1e-6)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('meet a surface whose unit normal leads out of the body', () => {
    const out = new Float64Array(3);
    fc.assert(
      fc.property(anyBody, (b) => {
        const [dx, dy, dz] = towards(b.x, b.y, b.z);
        const t = hit(b, EYE.x, EYE.y, EYE.z, dx, dy, dz);
        const [x, y, z] = [EYE.x + dx * t, EYE.y + dy * t, EYE.z + dz * t];
        normalAt(b, x, y, z, out);
        const [nx, ny, nz] = [out[0]!, out[1]!, out[2]!];
        expect(Math.hypot(nx, ny, nz)).toBeCloseTo(1, 6);
        expect(contains(b, x + nx * 1e-3, y + ny * 1e-3, z + nz * 1e-3)).toBe(false);
        expect(contains(b, x - nx * 1e-3, y - ny * 1e-3, z - nz * 1e-3)).toBe(true);
      }),
    );
  });
});

describe('a creature', () => {
  it('stands whole within the frame, whatever is drawn', () => {
    for (const kind of KINDS) {
      for (let i = 0; i < 8; i++) {
        const { stage, aim } = creatureStage(drawCreature(randomStream(i, kindName(kind)), kind));
        const camera = cameraAt(aim);
        const touched = (u: number, v: number): boolean => {
          const ray = [
            u * LENS,
            camera.forward[0] + v * LENS * camera.up[0],
            camera.forward[1] + v * LENS * camera.up[1],
          ];
          const n = Math.hypot(...ray);
          return stage.bodies.some(
            (b) => hit(b, EYE.x, EYE.y, EYE.z, ray[0]! / n, ray[1]! / n, ray[2]! / n) < Infinity,
          );
        };
        const edge = Array.from({ length: 49 }, (_, k) => k / 24 - 1);
        expect(edge.some((at) => touched(at, 1) || touched(at, -1) || touched(1, at) || touched(-1, at))).toBe(false);
      }
    }
  });

  it('looks another in each of the 37 classes, all else equal', () => {
    const drawn = drawCreature(randomStream(0, 'same'), 'Merry Cyclops');
    const pictures = KINDS.map((kind) => renderCreature({ ...drawn, kind }));
    const changed = (a: Uint8Array, b: Uint8Array): number => {
      let pixels = 0;
      for (let k = 0; k < a.length; k += 3)
        if ([0, 1, 2].some((c) => Math.abs(a[k + c]! - b[k + c]!) > 40)) pixels += 1;
      return pixels;
    };
    for (const [i, a] of each(pictures).entries())
      for (const [j, b] of each(pictures).entries())
        if (i < j) expect(changed(a, b), `${kindName(KINDS[i]!)}, ${kindName(KINDS[j]!)}`).toBeGreaterThan(80);
    expect(Buffer.compare(pictures[7]!, renderCreature({ ...drawn, kind: KINDS[7]! }))).toBe(0);
  });

  it('wears stripes and spots on its trunk: beyond it not a pixel changes', () => {
    const kind = { pattern: 'Plain', ears: 'Teddy', form: 'Bouncer' } as const;
    const drawn = drawCreature(randomStream(1, 'coat'), kind);
    const plain = renderCreature(drawn);
    const { stage, aim } = creatureStage(drawn);
    const camera = cameraAt(aim);
    const meetsTrunk = (pixel: number): boolean => {
      // Any of a pixel's sub-samples may meet the trunk; a margin of one pixel covers them.
      const [col, row] = [pixel % 64, Math.floor(pixel / 64)];
      return [-1, 0, 1].some((dc) =>
        [-1, 0, 1].some((dr) => {
          const [u, v] = [((col + dc + 0.5) / 64) * 2 - 1, 1 - ((row + dr + 0.5) / 64) * 2];
          const ray = [
            u * LENS,
            camera.forward[0] + v * LENS * camera.up[0],
            camera.forward[1] + v * LENS * camera.up[1],
          ];
          const n = Math.hypot(...ray);
          return hit(stage.bodies[0]!, EYE.x, EYE.y, EYE.z, ray[0]! / n, ray[1]! / n, ray[2]! / n) < Infinity;
        }),
      );
    };
    for (const pattern of ['Striped', 'Spotted'] as const) {
      const other = renderCreature({ ...drawn, kind: { ...kind, pattern } });
      const stray = Array.from({ length: 4096 }, (_, p) => p).filter(
        (p) => [0, 1, 2].some((c) => plain[p * 3 + c] !== other[p * 3 + c]) && !meetsTrunk(p),
      );
      expect(stray).toEqual([]);
    }
  });
});
