import type { Pattern } from './creatures.ts';
import { unitCircle } from './emblems.ts';
import type { Rgb } from './optics.ts';
import type { Body } from './solids.ts';
import type { Coat } from './studio.ts';

/** A pair of bands, and a dot's radius, in scene units: alike on every body, and several pixels each. */
const BAND = 0.62;
const DOT = 0.2;

/** The coat of a creature's body in two tones; null where one tone is all. */
export function coatOf(pattern: Pattern, body: Body, ground: Rgb, tone: Rgb): Coat | null {
  if (pattern === 'Plain') return null;
  const marked = pattern === 'Striped' ? stripes() : spots(body);
  return (px, py, pz, out) => {
    const rgb = marked(px * body.cos + py * body.sin, py * body.cos - px * body.sin, pz) ? tone : ground;
    out[0] = rgb[0];
    out[1] = rgb[1];
    out[2] = rgb[2];
  };
}

/** An eye that looks where the creature does: a dark pupil with a glint. */
export function eyeCoat(body: Body, dark: Rgb, white: Rgb): Coat {
  const near = (x: number, y: number, z: number, cx: number, cz: number, r: number): boolean => {
    // cx and cz are places on the front of the ball, in radii.
    const cy = -Math.sqrt(1 - cx * cx - cz * cz);
    const [dx, dy, dz] = [x - cx, y - cy, z - cz];
    return dx * dx + dy * dy + dz * dz < r * r;
  };
  return (px, py, pz, out) => {
    const x = (px * body.cos + py * body.sin) / body.half;
    const y = (py * body.cos - px * body.sin) / body.half;
    const z = pz / body.half;
    const rgb = near(x, y, z, 0, 0.12, 0.72) && !near(x, y, z, -0.24, 0.42, 0.3) ? dark : white;
    out[0] = rgb[0];
    out[1] = rgb[1];
    out[2] = rgb[2];
  };
}

type Mark = (x: number, y: number, z: number) => boolean;

function stripes(): Mark {
  return (_x, _y, z) => {
    const t = z / BAND + 0.25;
    return t - Math.floor(t) < 0.5;
  };
}

function spots(body: Body): Mark {
  const places = spotPlaces(body);
  return (x, y, z) => {
    for (const place of places) {
      const dx = x - place[0];
      const dy = y - place[1];
      const dz = z - place[2];
      if (dx * dx + dy * dy + dz * dz < DOT * DOT) return true;
    }
    return false;
  };
}

type Place = readonly [number, number, number];

/** Middles of the dots, spread evenly over the surface. */
function spotPlaces(body: Body): Place[] {
  if (body.kind === 'cube') return cubePlaces(body.half);
  return body.kind === 'cylinder' ? cylinderPlaces(body.half, body.halfHeight) : ballPlaces(body.half);
}

function cubePlaces(half: number): Place[] {
  const at = [-0.74, 0, 0.74].map((v) => v * half);
  const between = [-0.37, 0.37].map((v) => v * half);
  const flat = [
    ...at.flatMap((a) => at.map((b) => [a, b] as const)),
    ...between.flatMap((a) => between.map((b) => [a, b] as const)),
  ];
  return flat.flatMap(([a, b]): Place[] => [
    [a, -half, b],
    [half, a, b],
    [-half, a, b],
    [a, b, half],
  ]);
}

function cylinderPlaces(half: number, halfHeight: number): Place[] {
  const around = 7;
  const rows = Math.round((2 * halfHeight) / 0.6);
  const side = Array.from({ length: rows * around }, (_, k): Place => {
    const row = Math.floor(k / around);
    const [c, s] = unitCircle(((k % around) + (row % 2) / 2) / around);
    return [c * half, s * half, ((row + 0.5) / rows) * 2 * halfHeight - halfHeight];
  });
  return [...side, [0, 0, halfHeight]];
}

/** A spiral from pole to pole in steps of the golden angle. */
function ballPlaces(radius: number): Place[] {
  const count = Math.max(14, Math.round(radius * radius * 30));
  return Array.from({ length: count }, (_, k): Place => {
    const z = 1 - (2 * k + 1) / count;
    const [c, s] = unitCircle(k * 0.3819660112501051);
    const r = Math.sqrt(1 - z * z);
    return [c * r * radius, s * r * radius, z * radius];
  });
}
