import { cameraAt, EYE, LENS } from './optics.ts';
import type { Scene } from './scene.ts';
import { type Body, bodiesOf, hit } from './solids.ts';

/** What the camera sees of a scene's solids on a grid of rays: which stands in front in each cell, and how much each covers. */
type Sight = { front: Int8Array; covered: number[] };

function sightOf(scene: Scene, grid: number): Sight {
  const bodies = bodiesOf(scene);
  const camera = cameraAt(scene.aim);
  const front = new Int8Array(grid * grid).fill(-1);
  const covered = bodies.map(() => 0);
  for (let row = 0; row < grid; row++) {
    const v = (1 - ((row + 0.5) / grid) * 2) * LENS;
    for (let col = 0; col < grid; col++) {
      const ux = (((col + 0.5) / grid) * 2 - 1) * LENS;
      const uy = camera.forward[0] + v * camera.up[0];
      const uz = camera.forward[1] + v * camera.up[1];
      front[row * grid + col] = nearest(bodies, ux, uy, uz, covered);
    }
  }
  return { front, covered };
}

/** The index of the body that the ray along (ux, uy, uz) meets first, or -1; every body that it meets counts in `covered`. */
function nearest(bodies: readonly Body[], ux: number, uy: number, uz: number, covered: number[]): number {
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
  return front;
}

/**
 * How much of each solid the camera sees: cells of a coarse grid where it is in front, over those it covers at all.
 * 1 for a solid that nothing hides, 0 for one that is out of the picture.
 */
export function visibleShares(scene: Scene, grid = 32): number[] {
  const { front, covered } = sightOf(scene, grid);
  return covered.map((all, i) => (all === 0 ? 0 : front.reduce((n, f) => n + (f === i ? 1 : 0), 0) / all));
}

/** A rectangle of pixels: its left upper pixel, its width and height. */
export type Box = { x: number; y: number; w: number; h: number };

/**
 * The smallest box around what is seen of a solid in a picture of side x side pixels.
 * @throws for a solid that is not in the picture.
 */
export function boxOf(scene: Scene, index: number, side: number): Box {
  const { front } = sightOf(scene, side);
  const cells = Array.from(front.keys()).filter((k) => front[k] === index);
  if (cells.length === 0) throw new Error(`solid ${index} is not in the picture`);
  const columns = cells.map((k) => k % side);
  const rows = cells.map((k) => Math.floor(k / side));
  const [x, y] = [Math.min(...columns), Math.min(...rows)];
  return { x, y, w: Math.max(...columns) - x + 1, h: Math.max(...rows) - y + 1 };
}
