import { type Camera, cameraAt, EYE, LENS } from './optics.ts';
import type { Scene } from './scene.ts';
import { type Body, bodiesOf, hit } from './solids.ts';
import { windowOf } from './window.ts';

/** What the camera sees of a scene's solids on a grid of rays: which stands in front in each cell, and how much each covers. */
type Sight = { front: Int8Array; covered: number[] };

/** What the last look at a grid of this many cells a side wrote: scenes are looked at by the hundred thousand. */
const canvases = new Map<number, { front: Int8Array; depth: Float64Array }>();

function blankCanvas(grid: number): { front: Int8Array; depth: Float64Array } {
  const canvas = canvases.get(grid) ?? { front: new Int8Array(grid * grid), depth: new Float64Array(grid * grid) };
  canvases.set(grid, canvas);
  canvas.front.fill(-1);
  canvas.depth.fill(Infinity);
  return canvas;
}

/** `front` is overwritten by the next look at a grid of the same size. */
function sightOf(scene: Scene, grid: number): Sight {
  const bodies = bodiesOf(scene);
  const camera = cameraAt(scene.aim);
  const { front, depth } = blankCanvas(grid);
  const covered = bodies.map((b, i) => look(b, i, camera, grid, front, depth));
  return { front, covered };
}

/** Enters body i wherever it stands before what is in `front` at `depth`; returns how many cells it covers at all. */
function look(b: Body, i: number, camera: Camera, grid: number, front: Int8Array, depth: Float64Array): number {
  const { left, right, top, bottom } = windowOf(camera, b, grid);
  let covered = 0;
  for (let row = top; row <= bottom; row++) {
    const v = (1 - ((row + 0.5) / grid) * 2) * LENS;
    const uy = camera.forward[0] + v * camera.up[0];
    const uz = camera.forward[1] + v * camera.up[1];
    for (let col = left; col <= right; col++) {
      const ux = (((col + 0.5) / grid) * 2 - 1) * LENS;
      const n = 1 / Math.sqrt(ux * ux + uy * uy + uz * uz);
      const t = hit(b, EYE.x, EYE.y, EYE.z, ux * n, uy * n, uz * n);
      if (t === Infinity) continue;
      covered += 1;
      const cell = row * grid + col;
      if (t < depth[cell]!) {
        depth[cell] = t;
        front[cell] = i;
      }
    }
  }
  return covered;
}

/**
 * How much of each solid the camera sees: cells of a coarse grid where it is in front, over those it covers at all.
 * 1 for a solid that nothing hides, 0 for one that is out of the picture.
 */
export function visibleShares(scene: Scene, grid = 32): number[] {
  const { front, covered } = sightOf(scene, grid);
  const seen = covered.map(() => 0);
  for (const i of front) if (i >= 0) seen[i] = seen[i]! + 1;
  return covered.map((all, i) => (all === 0 ? 0 : seen[i]! / all));
}

/** A rectangle of pixels: its left upper pixel, its width and height. */
type Box = { x: number; y: number; w: number; h: number };

/**
 * The smallest box around what is seen of a solid in a picture of side x side pixels.
 * @throws for a solid that is not in the picture.
 */
export function boxOf(scene: Scene, index: number, side: number): Box {
  const { front } = sightOf(scene, side);
  let [left, right, top, bottom] = [side, -1, side, -1];
  for (const [cell, solid] of front.entries()) {
    if (solid !== index) continue;
    const col = cell % side;
    const row = (cell - col) / side;
    left = Math.min(left, col);
    right = Math.max(right, col);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  if (right < 0) throw new Error(`solid ${index} is not in the picture`);
  return { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}
