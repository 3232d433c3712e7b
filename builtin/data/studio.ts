import { clamp01, DARK, PAPER, PEBBLE, PIGMENT, type Rgb, smooth } from './optics.ts';
import type { Scene } from './scene.ts';
import { type Body, bodiesOf, hit, propBody } from './solids.ts';

/** Colours a body's surface: writes the linear colour at an offset from the body's middle (scene axes) to `out`. */
export type Coat = (px: number, py: number, pz: number, out: Float64Array) => void;

/** A scene ready for rays: its solids as numbers, the paper's two tones, the lamp's direction (x, y, 1). */
export type Stage = {
  bodies: Body[];
  pigment: Rgb[];
  shiny: boolean[];
  /** Where a body is not of its one pigment; reflections and thrown-back light still take that. */
  coats?: (Coat | null)[];
  near: Rgb;
  far: Rgb;
  lightX: number;
  lightY: number;
};

/** The colour that `hidden` found thrown back on its point; overwritten by every call. */
export const tint = new Float64Array(3);

export function stageOf(scene: Scene): Stage {
  const paper = PAPER[scene.backdrop];
  return {
    bodies: [...bodiesOf(scene), ...scene.props.map(propBody)],
    pigment: [
      ...scene.solids.map((s) => PIGMENT[s.color]),
      ...scene.props.map(({ tone }): Rgb => (tone === 'dark' ? DARK : PEBBLE[scene.backdrop])),
    ],
    shiny: [...scene.solids.map((s) => s.material === 'shiny'), ...scene.props.map(() => false)],
    near: paper.near,
    far: paper.far,
    lightX: scene.lightX,
    lightY: scene.lightY,
  };
}

export function shadowed(
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
export function hidden(
  s: Stage,
  skip: number,
  x: number,
  y: number,
  z: number,
  nx: number,
  ny: number,
  nz: number,
): number {
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
    if (cos <= -1 / 3) continue;
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
export function floorLight(
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
export function skyLight(
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
