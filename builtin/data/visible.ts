import { cameraAt, EYE, LENS } from './optics.ts';
import type { Scene } from './scene.ts';
import { bodiesOf, hit } from './solids.ts';

/**
 * How much of each solid the camera sees: pixels of a coarse grid where it is in front, over those it covers at all.
 * 1 for a solid that nothing hides, 0 for one that is out of the picture.
 */
export function visibleShares(scene: Scene, grid = 32): number[] {
  const bodies = bodiesOf(scene);
  const camera = cameraAt(scene.aim);
  const seen = bodies.map(() => 0);
  const covered = bodies.map(() => 0);
  for (let row = 0; row < grid; row++) {
    const v = (1 - ((row + 0.5) / grid) * 2) * LENS;
    for (let col = 0; col < grid; col++) {
      const ux = (((col + 0.5) / grid) * 2 - 1) * LENS;
      const uy = camera.forward[0] + v * camera.up[0];
      const uz = camera.forward[1] + v * camera.up[1];
      const n = 1 / Math.sqrt(ux * ux + uy * uy + uz * uz);
      let front = -1;
      let t = Infinity;
      for (let i = 0; i < bodies.length; i++) {
        const ti = hit(bodies[i]!, EYE.x, EYE.y, EYE.z, ux * n, uy * n, uz * n);
        if (ti === Infinity) continue;
        covered[i] = covered[i]! + 1;
        if (ti < t) {
          t = ti;
          front = i;
        }
      }
      if (front >= 0) seen[front] = seen[front]! + 1;
    }
  }
  return seen.map((n, i) => (covered[i]! === 0 ? 0 : n / covered[i]!));
}
