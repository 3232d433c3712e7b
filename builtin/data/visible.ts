import { type Camera, cameraAt, EYE, LENS } from './optics.ts';
import type { Scene } from './scene.ts';
import { type Body, bodiesOf, hit } from './solids.ts';
import { type Window, windowOf } from './window.ts';

/** Which solid stands in front in each cell of a grid of rays (-1 for none), and how far away it is there. */
type Canvas = { front: Int8Array; depth: Float64Array };

/** What the last look at a grid of this many cells a side wrote: scenes are looked at by the hundred thousand. */
const canvases = new Map<number, Canvas>();

function blankCanvas(grid: number): Canvas {
  const canvas = canvases.get(grid) ?? { front: new Int8Array(grid * grid), depth: new Float64Array(grid * grid) };
  canvases.set(grid, canvas);
  canvas.front.fill(-1);
  canvas.depth.fill(Infinity);
  return canvas;
}

/** Whether no cell is in both. */
function apart(a: Window, b: Window): boolean {
  return a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
}

/**
 * Enters body i wherever it stands before what is in `front` at `depth`; returns how many cells it covers at all, of which
 * it looks for no more than `enough`.
 */
function look(
  b: Body,
  i: number,
  { left, right, top, bottom }: Window,
  enough: number,
  camera: Camera,
  grid: number,
  { front, depth }: Canvas,
): number {
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
      if (covered === enough) return covered;
    }
  }
  return covered;
}

/**
 * How much of each solid the camera sees: cells of a coarse grid where it is in front, over those it covers at all.
 * 1 for a solid that nothing hides, 0 for one that is out of the picture.
 */
export function visibleShares(scene: Scene, grid = 32): number[] {
  const bodies = bodiesOf(scene);
  const camera = cameraAt(scene.aim);
  const windows = bodies.map((b) => windowOf(camera, b, grid));
  const canvas = blankCanvas(grid);
  const covered = bodies.map((b, i) => {
    const window = windows[i]!;
    // Of what nothing can hide, one cell is as good as all.
    const alone = windows.every((other) => other === window || apart(other, window));
    return look(b, i, window, alone ? 1 : Infinity, camera, grid, canvas);
  });
  return covered.map((all, i) => (all === 0 ? 0 : seenIn(windows[i]!, i, grid, canvas) / all));
}

/** In how many cells of its window solid i stands in front. */
function seenIn({ left, right, top, bottom }: Window, i: number, grid: number, { front }: Canvas): number {
  let seen = 0;
  for (let row = top; row <= bottom; row++) {
    for (let cell = row * grid + left; cell <= row * grid + right; cell++) if (front[cell] === i) seen += 1;
  }
  return seen;
}

/** A rectangle of pixels: its left upper pixel, its width and height. */
type Box = { x: number; y: number; w: number; h: number };

/**
 * The smallest box around what is seen of a solid in a picture of side x side pixels.
 * @throws for a solid that is not in the picture.
 */
export function boxOf(scene: Scene, index: number, side: number): Box {
  const bodies = bodiesOf(scene);
  const camera = cameraAt(scene.aim);
  const window = windowOf(camera, bodies[index]!, side);
  const canvas = blankCanvas(side);
  for (const [i, b] of bodies.entries()) {
    const other = windowOf(camera, b, side);
    if (!apart(other, window)) look(b, i, other, Infinity, camera, side, canvas);
  }
  let [left, right, top, bottom] = [side, -1, side, -1];
  for (let row = window.top; row <= window.bottom; row++) {
    for (let col = window.left; col <= window.right; col++) {
      if (canvas.front[row * side + col] !== index) continue;
      left = Math.min(left, col);
      right = Math.max(right, col);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
    }
  }
  if (right < 0) throw new Error(`solid ${index} is not in the picture`);
  return { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}
