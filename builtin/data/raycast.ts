import { type Camera, cameraAt, EYE, LENS, toByte } from './optics.ts';
import type { Scene } from './scene.ts';
import { solidLight } from './shade.ts';
import { hit } from './solids.ts';
import { floorLight, type Stage, stageOf } from './studio.ts';
import { windowOf } from './window.ts';

/** Side of a picture in pixels. */
export const SIDE = 64;
const GRID = 3;

/** Renders a scene: SIDE x SIDE RGB bytes, row by row from the top left. */
export function render(scene: Scene): Uint8Array {
  return renderStage(stageOf(scene), scene.aim);
}

/** Renders a stage seen by the camera that looks at height `aim`: SIDE x SIDE RGB bytes, row by row from the top left. */
export function renderStage(stage: Stage, aim: number): Uint8Array {
  const camera = cameraAt(aim);
  const bodiesAt = masksOf(stage, camera);
  const lamps = lampsOf(stage);
  const out = new Uint8Array(SIDE * SIDE * 3);
  const light = new Float64Array(3);
  for (let row = 0; row < SIDE; row++) {
    for (let col = 0; col < SIDE; col++) {
      const mask = bodiesAt[row * SIDE + col]!;
      const k = (row * SIDE + col) * 3;
      if (mask === 0 && quietFloor(stage, camera, ((col + 0.5) / SIDE) * 2 - 1, 1 - ((row + 0.5) / SIDE) * 2, light)) {
        for (let c = 0; c < 3; c++) out[k + c] = toByte(light[c]!);
        continue;
      }
      let r = 0;
      let g = 0;
      let b = 0;
      for (let s = 0; s < GRID * GRID; s++) {
        const sx = s % GRID;
        const sy = (s - sx) / GRID;
        const u = ((col + (sx + 0.5) / GRID) / SIDE) * 2 - 1;
        const v = 1 - ((row + (sy + 0.5) / GRID) / SIDE) * 2;
        // Each sub-sample sees another point of the lamp: soft shadows without more rays.
        const lamp = ((s * 4) % 9) * 3;
        trace(stage, camera, mask, u, v, lamps[lamp]!, lamps[lamp + 1]!, lamps[lamp + 2]!, light);
        r += Math.min(light[0]!, 1.6);
        g += Math.min(light[1]!, 1.6);
        b += Math.min(light[2]!, 1.6);
      }
      out[k] = toByte(r / (GRID * GRID));
      out[k + 1] = toByte(g / (GRID * GRID));
      out[k + 2] = toByte(b / (GRID * GRID));
    }
  }
  return out;
}

/** For each pixel the bodies that may be seen in it: bit i stands for bodies i, i + 32 and so on. */
function masksOf(stage: Stage, camera: Camera): Int32Array {
  const masks = new Int32Array(SIDE * SIDE);
  for (let i = 0; i < stage.bodies.length; i++) {
    const { left, right, top, bottom } = windowOf(camera, stage.bodies[i]!, SIDE);
    for (let row = top; row <= bottom; row++) {
      for (let k = row * SIDE + left; k <= row * SIDE + right; k++) masks[k] = masks[k]! | (1 << (i & 31));
    }
  }
  return masks;
}

/** Unit directions (x, y, z) to nine points of the lamp. */
function lampsOf(s: Stage): Float64Array {
  const lamps = new Float64Array(27);
  for (let i = 0; i < 9; i++) {
    const lx = s.lightX + ((i % 3) - 1) * 0.13;
    const ly = s.lightY + (Math.floor(i / 3) - 1) * 0.13;
    const n = 1 / Math.sqrt(lx * lx + ly * ly + 1);
    lamps[3 * i] = lx * n;
    lamps[3 * i + 1] = ly * n;
    lamps[3 * i + 2] = n;
  }
  return lamps;
}

/** A pixel of bare floor far from every shadow needs one sample only; false (and no light) near a shadow. */
function quietFloor(s: Stage, camera: Camera, u: number, v: number, out: Float64Array): boolean {
  const dx = u * LENS;
  const dy = camera.forward[0] + v * LENS * camera.up[0];
  const dz = camera.forward[1] + v * LENS * camera.up[1];
  const t = dz < -1e-4 ? -EYE.z / dz : 1e4;
  const x = EYE.x + dx * t;
  const y = EYE.y + dy * t;
  const n = 1 / Math.sqrt(s.lightX * s.lightX + s.lightY * s.lightY + 1);
  for (const b of s.bodies) {
    const px = b.x - x;
    const py = b.y - y;
    const along = (px * s.lightX + py * s.lightY + b.z) * n;
    const reach = Math.sqrt(b.bound) + 0.12 + 0.2 * Math.abs(along);
    if (px * px + py * py + b.z * b.z - along * along < reach * reach) return false;
  }
  floorLight(s, x, y, 0, 0, 1, false, out);
  return true;
}

/** The light that comes along the ray through (u, v) of a pixel with this mask; l is the way to a point of the lamp. */
function trace(
  s: Stage,
  camera: Camera,
  mask: number,
  u: number,
  v: number,
  lx: number,
  ly: number,
  lz: number,
  out: Float64Array,
): void {
  let dx = u * LENS;
  let dy = camera.forward[0] + v * LENS * camera.up[0];
  let dz = camera.forward[1] + v * LENS * camera.up[1];
  const n = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  dx *= n;
  dy *= n;
  dz *= n;

  let t = Infinity;
  let index = -1;
  if (mask !== 0) {
    for (let i = 0; i < s.bodies.length; i++) {
      if (((mask >> (i & 31)) & 1) === 0) continue;
      const ti = hit(s.bodies[i]!, EYE.x, EYE.y, EYE.z, dx, dy, dz);
      if (ti < t) {
        t = ti;
        index = i;
      }
    }
  }
  if (index < 0) {
    const tg = dz < -1e-4 ? -EYE.z / dz : 1e4;
    floorLight(s, EYE.x + dx * tg, EYE.y + dy * tg, lx, ly, lz, true, out);
    return;
  }
  solidLight(s, index, EYE.x + dx * t, EYE.y + dy * t, EYE.z + dz * t, dx, dy, dz, lx, ly, lz, out);
}
