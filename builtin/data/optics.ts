import type { Backdrop, Color } from './scene.ts';

// Everything here uses + - * / and square roots only: these are exact in IEEE 754, so that pixels are equal on every
// machine (sine, power and exponential are not).

export const EYE = { x: 0, y: -8.3, z: 3.5 } as const;
/** Tangent of half the field of view. */
export const LENS = 0.248;
/** About how high and wide a picture is at the middle of the stage, in scene units. */
export const FIELD = 2 * LENS * Math.sqrt(EYE.y * EYE.y + EYE.z * EYE.z);

export type Camera = { forward: readonly [number, number]; up: readonly [number, number] };

/** The camera at EYE that looks at (0, 0, aim); its right is +x, `forward` and `up` hold (y, z). */
export function cameraAt(aim: number): Camera {
  const dy = -EYE.y;
  const dz = aim - EYE.z;
  const n = Math.sqrt(dy * dy + dz * dz);
  return { forward: [dy / n, dz / n], up: [-dz / n, dy / n] };
}

/** Where a point falls in the picture: x and y from -1 to 1 (y upwards), and its depth along the view. */
export function project(camera: Camera, x: number, y: number, z: number): { x: number; y: number; depth: number } {
  const dy = y - EYE.y;
  const dz = z - EYE.z;
  const depth = dy * camera.forward[0] + dz * camera.forward[1];
  const height = dy * camera.up[0] + dz * camera.up[1];
  return { x: x / (depth * LENS), y: height / (depth * LENS), depth };
}

export type Rgb = readonly [number, number, number];

/** Linear light of an sRGB byte triple (a cubic fit, no power function). */
export function linear(r: number, g: number, b: number): Rgb {
  const channel = (v: number): number => {
    const c = v / 255;
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
  };
  return [channel(r), channel(g), channel(b)];
}

/** Linear light through a soft shoulder, then the sRGB curve by square roots; rounded to 0..255. */
function curve(light: number): number {
  const l = Math.max(light, 0);
  const x = (l * (1 + l / 4)) / (1 + l * 0.42);
  const s1 = Math.sqrt(Math.min(x, 1));
  const s2 = Math.sqrt(s1);
  const s3 = Math.sqrt(s2);
  const v = 0.585122381 * s1 + 0.783140355 * s2 - 0.368262736 * s3;
  return Math.max(0, Math.min(255, Math.round(v * 255)));
}

/** Steps of light to a unit, at which the search for a byte begins. */
const STEPS = 1024;
const BEGIN = Uint8Array.from({ length: 2 * STEPS }, (_, i) => curve(i / STEPS));
/** The least light of each byte: comparing is cheaper than taking roots. */
const LEAST = Float64Array.from({ length: 257 }, (_, byte) => (byte > 255 ? Infinity : leastOf(byte)));

function leastOf(byte: number): number {
  let [low, high] = [0, 2];
  // Ends when no number lies between the two.
  for (let mid = 1; mid > low && mid < high; mid = (low + high) / 2) {
    if (curve(mid) >= byte) high = mid;
    else low = mid;
  }
  return high;
}

/** An sRGB byte of linear light: a soft shoulder, then the sRGB curve. */
export function toByte(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 2) return 255;
  let byte = BEGIN[Math.floor(light * STEPS)]!;
  while (light >= LEAST[byte + 1]!) byte += 1;
  return byte;
}

export const PIGMENT: Record<Color, Rgb> = {
  gray: linear(128, 132, 140),
  red: linear(214, 48, 42),
  blue: linear(38, 84, 210),
  green: linear(34, 148, 62),
  brown: linear(128, 76, 38),
  purple: linear(134, 52, 190),
  cyan: linear(28, 190, 200),
  yellow: linear(246, 204, 36),
};

/** Near floor and far wall of each backdrop. */
export const PAPER: Record<Backdrop, { near: Rgb; far: Rgb }> = {
  ivory: { near: linear(233, 226, 214), far: linear(248, 243, 232) },
  mist: { near: linear(214, 223, 234), far: linear(234, 241, 248) },
  sage: { near: linear(217, 226, 214), far: linear(237, 243, 232) },
  blush: { near: linear(235, 219, 215), far: linear(249, 238, 234) },
};

/** Rods and chains. */
export const DARK: Rgb = linear(46, 48, 56);

/** Pebbles: the near floor's tone, darker. */
export const PEBBLE: Record<Backdrop, Rgb> = {
  ivory: linear(196, 186, 170),
  mist: linear(170, 180, 194),
  sage: linear(172, 184, 168),
  blush: linear(200, 178, 172),
};

export function clamp01(v: number): number {
  return v < 0 ? 0 : Math.min(v, 1);
}

export function smooth(edge0: number, edge1: number, v: number): number {
  const t = clamp01((v - edge0) / (edge1 - edge0));
  return t * t * (3 - 2 * t);
}
