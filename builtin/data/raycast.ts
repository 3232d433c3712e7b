import {
  type Camera,
  cameraAt,
  clamp01,
  EYE,
  LENS,
  PAPER,
  PIGMENT,
  project,
  type Rgb,
  smooth,
  toByte,
} from './optics.ts';
import type { Scene } from './scene.ts';
import { type Body, bodiesOf, hit, normalAt } from './solids.ts';

/** Side of a picture in pixels. */
export const SIDE = 64;
const GRID = 3;

type Stage = {
  bodies: Body[];
  pigment: Rgb[];
  shiny: boolean[];
  near: Rgb;
  far: Rgb;
  lightX: number;
  lightY: number;
};

const normal = new Float64Array(3);
const mirrored = new Float64Array(3);
const tint = new Float64Array(3);

/** Renders a scene: SIDE x SIDE RGB bytes, row by row from the top left. */
export function render(scene: Scene): Uint8Array {
  const stage = stageOf(scene);
  const camera = cameraAt(scene.aim);
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

function stageOf(scene: Scene): Stage {
  const paper = PAPER[scene.backdrop];
  return {
    bodies: bodiesOf(scene),
    pigment: scene.solids.map((s) => PIGMENT[s.color]),
    shiny: scene.solids.map((s) => s.material === 'shiny'),
    near: paper.near,
    far: paper.far,
    lightX: scene.lightX,
    lightY: scene.lightY,
  };
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

function shadowed(
  s: Stage,
  skip: number,
  x: number,
  y: number,
  z: number,
  lx: number,
  ly: number,
  lz: number,
): boolean {
  for (let i = 0; i < s.bodies.length; i++) {
    if (i !== skip && hit(s.bodies[i]!, x, y, z, lx, ly, lz) < Infinity) return true;
  }
  return false;
}

/**
 * Sky hidden from a point with this normal by all bodies but one, each taken as a ball (0 open .. 1 closed);
 * `tint` gets the colour that they throw back.
 */
function hidden(s: Stage, skip: number, x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
  let sum = 0;
  tint[0] = 0;
  tint[1] = 0;
  tint[2] = 0;
  for (let i = 0; i < s.bodies.length; i++) {
    if (i === skip) continue;
    const b = s.bodies[i]!;
    const vx = b.x - x;
    const vy = b.y - y;
    const vz = b.z - z;
    const d2 = vx * vx + vy * vy + vz * vz;
    const d = Math.sqrt(d2);
    const cos = (vx * nx + vy * ny + vz * nz) / d;
    const r2 = b.half * b.half * 1.15;
    const o = clamp01((0.25 + 0.75 * cos) * (r2 / Math.max(d2, r2)));
    sum += o;
    const p = s.pigment[i]!;
    tint[0] = tint[0]! + o * p[0];
    tint[1] = tint[1]! + o * p[1];
    tint[2] = tint[2]! + o * p[2];
  }
  return Math.min(sum, 1);
}

/** The floor, which fades into a wall far away like a paper roll in a studio. */
function floorLight(
  s: Stage,
  x: number,
  y: number,
  lx: number,
  ly: number,
  lz: number,
  shadows: boolean,
  out: Float64Array,
): void {
  const wall = smooth(2.5, 13, y);
  let key = 1;
  let open = 1;
  tint[0] = 0;
  tint[1] = 0;
  tint[2] = 0;
  if (y < 13) {
    open = 1 - 0.85 * hidden(s, -1, x, y, 0, 0, 0, 1);
    if (shadows && shadowed(s, -1, x, y, 1e-4, lx, ly, lz)) key = 0;
  }
  const sun = 0.62 * key + 0.02;
  const sky = 0.42 * open;
  for (let c = 0; c < 3; c++) {
    const paper = s.near[c]! + (s.far[c]! - s.near[c]!) * wall;
    out[c] = paper * (sun + sky + 0.16 * tint[c]! * (0.4 + 0.6 * key)) * (1 + 0.12 * wall);
  }
}

/** What a mirror sees above the floor: a soft sky with a bright lamp. */
function skyLight(
  s: Stage,
  dx: number,
  dy: number,
  dz: number,
  lx: number,
  ly: number,
  lz: number,
  out: Float64Array,
): void {
  const up = clamp01(dz);
  const lamp = smooth(0.8, 0.97, dx * lx + dy * ly + dz * lz);
  const strip = 0.5 * smooth(0.55, 0.75, dx * 0.85 - dy * 0.2 + dz * 0.45);
  const base = 0.9 - 0.55 * up;
  for (let c = 0; c < 3; c++) out[c] = s.far[c]! * (base + strip) + 2.6 * lamp;
}

function solidLight(
  s: Stage,
  index: number,
  x: number,
  y: number,
  z: number,
  dx: number,
  dy: number,
  dz: number,
  lx: number,
  ly: number,
  lz: number,
  out: Float64Array,
): void {
  normalAt(s.bodies[index]!, x, y, z, normal);
  const nx = normal[0]!;
  const ny = normal[1]!;
  const nz = normal[2]!;
  const pigment = s.pigment[index]!;
  const shiny = s.shiny[index]!;
  const facing = nx * lx + ny * ly + nz * lz;
  const lit = facing > 0 && !shadowed(s, index, x + nx * 1e-3, y + ny * 1e-3, z + nz * 1e-3, lx, ly, lz) ? facing : 0;
  // Sky from above, a dim fill from the camera's right, light from the floor; less of it near other bodies and the floor.
  const near = hidden(s, index, x, y, z, nx, ny, nz);
  const contact = 1 - 0.45 * (1 - smooth(0, 0.5, z)) * clamp01(0.6 - nz);
  const open = (1 - 0.75 * near) * contact;
  const fill = clamp01(0.55 * nx - 0.75 * ny + 0.2 * nz);
  const sky = (0.3 + 0.2 * nz + 0.14 * fill) * open;
  const bounce = 0.16 * clamp01(0.5 - 0.5 * nz) * contact;
  const cosView = -(dx * nx + dy * ny + dz * nz);
  const away = clamp01(1 - cosView);
  const fresnel = away * away * away * away;
  // Blinn's half vector.
  const hx = lx - dx;
  const hy = ly - dy;
  const hz = lz - dz;
  const h = clamp01((nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz));
  const h4 = h * h * h * h;
  const h16 = h4 * h4 * h4 * h4;

  if (!shiny) {
    const gloss = lit > 0 ? 0.16 * h16 : 0;
    const rim = 0.1 * fresnel * open;
    for (let c = 0; c < 3; c++) {
      const thrown = 0.22 * tint[c]!;
      out[c] = pigment[c]! * (1.0 * lit + sky + bounce * s.near[c]! + thrown) * 1.06 + gloss + rim;
    }
    return;
  }
  const t0 = tint[0]!;
  const t1 = tint[1]!;
  const t2 = tint[2]!;
  const rx = dx + 2 * cosView * nx;
  const ry = dy + 2 * cosView * ny;
  reflect(s, index, x, y, z, rx, ry, dz + 2 * cosView * nz, lx, ly, lz);
  const window = streak(s.bodies[index]!, x, y, z, nx, ny, nz) * open * (0.14 + 0.4 * lit);
  const glint = (lit > 0 ? 1.1 * h16 * h16 * h16 * h16 : 0) + window;
  for (let c = 0; c < 3; c++) {
    const p = pigment[c]!;
    const thrown = 0.22 * (c === 0 ? t0 : c === 1 ? t1 : t2);
    const mirror = p * 0.68 + 0.01 + (1 - p) * 0.3 * fresnel;
    out[c] = p * (0.66 * lit + 0.62 * sky + bounce + thrown) + mirrored[c]! * mirror * (0.35 + 0.65 * open) + glint;
  }
}

/**
 * The streak of a window on a shiny wall, 0..1, by which a shiny cube or cylinder is told from a matte one as a sphere is
 * by its lamp spot: upright on a cylinder, slanted across each side of a cube.
 */
function streak(b: Body, x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
  if (b.kind === 'sphere' || nz > 0.5) return 0;
  const up = (z - b.z) / b.halfHeight;
  const ends = smooth(0.92, 0.8, Math.abs(up));
  if (b.kind === 'cylinder') return smooth(0.955, 0.985, -0.6 * nx - 0.8 * ny) * ends;
  const across = ((y - b.y) * nx - (x - b.x) * ny) / b.half;
  return smooth(0.2, 0.1, Math.abs(across + 0.4 * up + 0.15)) * ends;
}

/** One bounce of a mirror: another body in plain shading, the floor, or the sky; written to `mirrored`. */
function reflect(
  s: Stage,
  skip: number,
  x: number,
  y: number,
  z: number,
  rx: number,
  ry: number,
  rz: number,
  lx: number,
  ly: number,
  lz: number,
): void {
  let t = Infinity;
  let index = -1;
  for (let i = 0; i < s.bodies.length; i++) {
    if (i === skip) continue;
    const ti = hit(s.bodies[i]!, x, y, z, rx, ry, rz);
    if (ti < t) {
      t = ti;
      index = i;
    }
  }
  if (index >= 0) {
    normalAt(s.bodies[index]!, x + rx * t, y + ry * t, z + rz * t, normal);
    const facing = normal[0]! * lx + normal[1]! * ly + normal[2]! * lz;
    const p = s.pigment[index]!;
    for (let c = 0; c < 3; c++) mirrored[c] = p[c]! * (0.38 + 0.8 * Math.max(facing, 0));
    return;
  }
  if (rz < -1e-3) {
    const tg = -z / rz;
    floorLight(s, x + rx * tg, y + ry * tg, lx, ly, lz, true, mirrored);
    return;
  }
  skyLight(s, rx, ry, rz, lx, ly, lz, mirrored);
}

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
