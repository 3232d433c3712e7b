import { type Emblem, emblemColors } from './emblems.ts';
import { cameraAt, clamp01, EYE, FIELD, LENS, PAPER, smooth, toByte } from './optics.ts';
import { SIDE } from './raycast.ts';

const RADIUS = 0.36 * FIELD;
const THICK = 0.22;
const LAYERS = 5;
const GRID = 3;

/** Renders an emblem on its plaque: SIDE x SIDE RGB bytes, row by row from the top left. */
export function renderEmblem(e: Emblem): Uint8Array {
  const camera = cameraAt(RADIUS * 0.96);
  const n = 1 + e.turn * e.turn;
  const cos = (1 - e.turn * e.turn) / n;
  const sin = (2 * e.turn) / n;
  const lamps = Array.from({ length: 9 }, (_, i) => lampAt(e, (i % 3) - 1, Math.floor(i / 3) - 1));
  const eye: Vector = [EYE.x, EYE.y, EYE.z];
  const out = new Uint8Array(SIDE * SIDE * 3);
  const light = [0, 0, 0];
  for (let row = 0; row < SIDE; row++) {
    for (let col = 0; col < SIDE; col++) {
      const sum = [0, 0, 0];
      for (let s = 0; s < GRID * GRID; s++) {
        const u = ((col + ((s % GRID) + 0.5) / GRID) / SIDE) * 2 - 1;
        const v = 1 - ((row + (Math.floor(s / GRID) + 0.5) / GRID) / SIDE) * 2;
        const dx = u * LENS;
        const dy = camera.forward[0] + v * LENS * camera.up[0];
        const dz = camera.forward[1] + v * LENS * camera.up[1];
        const k = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
        const lamp = lamps[(s * 4) % 9]!;
        const way: Vector = [dx * k, dy * k, dz * k];
        if (!plaqueLight(e, cos, sin, eye, way, lamp, light)) floorLight(e, cos, sin, eye, way, lamp, light);
        for (let c = 0; c < 3; c++) sum[c] = sum[c]! + Math.min(1.6, light[c]!);
      }
      for (let c = 0; c < 3; c++) out[(row * SIDE + col) * 3 + c] = toByte(sum[c]! / (GRID * GRID));
    }
  }
  return out;
}

type Vector = readonly [number, number, number];

function lampAt(e: Emblem, jx: number, jy: number): Vector {
  const x = e.lightX + jx * 0.13;
  const y = e.lightY - 0.35 + jy * 0.13;
  const n = 1 / Math.sqrt(x * x + y * y + 1);
  return [x * n, y * n, n];
}

/** Signed distance to the plaque's outline in -1..1 coordinates. */
function outline(e: Emblem, p: number, q: number): number {
  if (e.plaque === 'round') return Math.sqrt(p * p + q * q) - 1;
  const x = Math.max(0, Math.abs(p) - 0.68);
  const y = Math.max(0, Math.abs(q) - 0.68);
  return Math.sqrt(x * x + y * y) - 0.22;
}

/** Height of the middle of the plaque: it stands on its lowest point. */
function middle(e: Emblem): number {
  return e.plaque === 'round' ? RADIUS : RADIUS * 0.9;
}

/** Where the last ray met a plane, as plaque coordinates; overwritten by every meeting. */
const spot = { p: 0, q: 0 };

/** Whether a ray meets the plane `depth` behind the front face, at `spot`; it may run away from it. */
function meets(e: Emblem, cos: number, sin: number, o: Vector, d: Vector, depth: number): boolean {
  // The face looks to (sin, -cos, 0); its right is (cos, sin, 0), its up is z.
  const toward = d[0] * sin - d[1] * cos;
  const t = -(o[0] * sin - o[1] * cos + depth) / toward;
  if (!(t > 1e-4)) return false;
  const x = o[0] + d[0] * t;
  const y = o[1] + d[1] * t;
  const z = o[2] + d[2] * t;
  spot.p = (x * cos + y * sin) / RADIUS;
  spot.q = (z - middle(e)) / RADIUS;
  return true;
}

function plaqueLight(e: Emblem, cos: number, sin: number, eye: Vector, d: Vector, l: Vector, out: number[]): boolean {
  for (let layer = 0; layer <= LAYERS; layer++) {
    if (!meets(e, cos, sin, eye, d, (layer / LAYERS) * THICK)) continue;
    const { p, q } = spot;
    if (outline(e, p, q) > 0) continue;
    const { plaque } = emblemColors(e);
    if (layer > 0) {
      // The edge of the plaque, with its outline's normal.
      const step = 0.01;
      const np = (outline(e, p + step, q) - outline(e, p - step, q)) / (2 * step);
      const nq = (outline(e, p, q + step) - outline(e, p, q - step)) / (2 * step);
      const facing = clamp01(np * l[0] + nq * l[2]);
      for (let c = 0; c < 3; c++) out[c] = plaque[c]! * (0.3 + 0.75 * facing);
      return true;
    }
    face(e, cos, sin, p, q, d, l, out);
    return true;
  }
  return false;
}

/** Raised by 0..1 at a point of the face: the rim of the plaque, and an embossed sign. */
function raised(e: Emblem, p: number, q: number): number {
  const rim = smooth(-0.11, -0.06, outline(e, p, q));
  return rim < 1 && e.relief === 'embossed' ? Math.max(rim, smooth(0.035, -0.035, e.pattern(p, q))) : rim;
}

function face(e: Emblem, cos: number, sin: number, p: number, q: number, d: Vector, l: Vector, out: number[]): void {
  const step = 0.012;
  const gp = ((raised(e, p + step, q) - raised(e, p - step, q)) / (2 * step)) * 0.055;
  const gq = ((raised(e, p, q + step) - raised(e, p, q - step)) / (2 * step)) * 0.055;
  const edge = Math.max(0, 1 + outline(e, p, q) / 0.05);
  const n = 1 / Math.sqrt(1 + gp * gp + gq * gq);
  // Into the scene's axes: -gp along the face's right, -gq along z, 1 towards the camera.
  const nx = (sin - gp * cos) * n;
  const ny = (-cos - gp * sin) * n;
  const nz = (-gq + 0.15 * edge) * n;
  const facing = clamp01(nx * l[0] + ny * l[1] + nz * l[2]);
  const hx = l[0] - d[0];
  const hy = l[1] - d[1];
  const hz = l[2] - d[2];
  const h = clamp01((nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz));
  const h2 = h * h;
  const h8 = h2 * h2 * h2 * h2;
  const gloss = 0.16 * h8 * h8;
  const { plaque, ink } = emblemColors(e);
  const mix = smooth(0.012, -0.012, e.pattern(p, q));
  const sky = 0.36 + 0.2 * nz + 0.06 * q;
  for (let c = 0; c < 3; c++) {
    const pigment = plaque[c]! + (ink[c]! - plaque[c]!) * mix;
    out[c] = pigment * (1.0 * facing + sky) + gloss;
  }
}

function floorLight(e: Emblem, cos: number, sin: number, eye: Vector, d: Vector, l: Vector, out: number[]): void {
  const paper = PAPER[e.backdrop];
  const t = d[2] < -1e-4 ? -eye[2] / d[2] : 1e4;
  const x = eye[0] + d[0] * t;
  const y = eye[1] + d[1] * t;
  const wall = smooth(2.5, 13, y);
  let key = 1;
  let open = 1;
  if (y < 13) {
    const floor: Vector = [x, y, 0];
    for (const depth of [0, THICK]) {
      if (meets(e, cos, sin, floor, l, depth) && outline(e, spot.p, spot.q) < 0) key = 0;
    }
    const across = (x * cos + y * sin) / (e.plaque === 'round' ? 0.55 : 1.15);
    const along = x * sin - y * cos + THICK / 2;
    open = 1 - 0.75 / (1 + 1.6 * across * across * across * across + 5 * along * along);
  }
  for (let c = 0; c < 3; c++) {
    const tone = paper.near[c]! + (paper.far[c]! - paper.near[c]!) * wall;
    out[c] = tone * (0.62 * key + 0.02 + 0.42 * open) * (1 + 0.12 * wall);
  }
}
