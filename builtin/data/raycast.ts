import { type Camera, cameraAt, EYE, LENS, project, toByte } from './optics.ts';
import type { Scene } from './scene.ts';
import { solidLight } from './shade.ts';
import { type Body, hit } from './solids.ts';
import { floorLight, type Stage, stageOf } from './studio.ts';

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
  const windows = stage.bodies.map((b) => windowOf(camera, b));
  const out = new Uint8Array(SIDE * SIDE * 3);
  const light = new Float64Array(3);
  for (let row = 0; row < SIDE; row++) {
    for (let col = 0; col < SIDE; col++) {
      const k = (row * SIDE + col) * 3;
      if (windows.every((w) => col < w.left || col > w.right || row < w.top || row > w.bottom)) {
        if (quietFloor(stage, camera, ((col + 0.5) / SIDE) * 2 - 1, 1 - ((row + 0.5) / SIDE) * 2, light)) {
          for (let c = 0; c < 3; c++) out[k + c] = toByte(light[c]!);
          continue;
        }
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
        const lamp = (s * 4) % 9;
        trace(stage, camera, u, v, (lamp % 3) - 1, Math.floor(lamp / 3) - 1, light);
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

type Window = { left: number; right: number; top: number; bottom: number };

/** The rectangle of pixels outside of which a body cannot be seen. */
function windowOf(camera: Camera, b: Body): Window {
  const wide = b.kind === 'cube' ? b.half * 1.42 : b.half;
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let corner = 0; corner < 8; corner++) {
    const x = b.x + (corner & 1 ? wide : -wide);
    const y = b.y + (corner & 2 ? wide : -wide);
    const p = project(camera, x, y, b.z + (corner & 4 ? b.halfHeight : -b.halfHeight));
    box.left = Math.min(box.left, Math.floor(((p.x + 1) / 2) * SIDE));
    box.right = Math.max(box.right, Math.floor(((p.x + 1) / 2) * SIDE));
    box.top = Math.min(box.top, Math.floor(((1 - p.y) / 2) * SIDE));
    box.bottom = Math.max(box.bottom, Math.floor(((1 - p.y) / 2) * SIDE));
  }
  return box;
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

/** The light that comes along the ray through (u, v); jx and jy pick a point of the lamp. */
function trace(s: Stage, camera: Camera, u: number, v: number, jx: number, jy: number, out: Float64Array): void {
  let dx = u * LENS;
  let dy = camera.forward[0] + v * LENS * camera.up[0];
  let dz = camera.forward[1] + v * LENS * camera.up[1];
  const n = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  dx *= n;
  dy *= n;
  dz *= n;
  // Direction to the lamp.
  let lx = s.lightX + jx * 0.13;
  let ly = s.lightY + jy * 0.13;
  const ln = 1 / Math.sqrt(lx * lx + ly * ly + 1);
  lx *= ln;
  ly *= ln;
  const lz = ln;

  let t = Infinity;
  let index = -1;
  for (let i = 0; i < s.bodies.length; i++) {
    const ti = hit(s.bodies[i]!, EYE.x, EYE.y, EYE.z, dx, dy, dz);
    if (ti < t) {
      t = ti;
      index = i;
    }
  }
  if (index < 0) {
    const tg = dz < -1e-4 ? -EYE.z / dz : 1e4;
    floorLight(s, EYE.x + dx * tg, EYE.y + dy * tg, lx, ly, lz, true, out);
    return;
  }
  solidLight(s, index, EYE.x + dx * t, EYE.y + dy * t, EYE.z + dz * t, dx, dy, dz, lx, ly, lz, out);
}
