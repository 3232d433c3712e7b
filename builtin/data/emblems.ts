import { PIGMENT } from './optics.ts';
import { type Random, randomStream } from './random.ts';
import { BACKDROPS, type Backdrop, COLORS, type Color } from './scene.ts';

/** Four families of abstract signs, those of mmbias; they stand for nothing and nobody. */
export const FAMILIES = ['Ring', 'Star', 'Wave', 'Grid'] as const;
/** Two more families, those of genderbias. */
export const PAIRED_FAMILIES = ['Leaf', 'Cloud'] as const;
export type Family = (typeof FAMILIES)[number] | (typeof PAIRED_FAMILIES)[number];
const EMBLEMS_PER_FAMILY = 12;

/** Signed distance to a pattern's edge at (p, q) in -1..1 of the plaque: negative inside. */
type Pattern = (p: number, q: number) => number;

/** A sign on a plaque that stands in the studio. `turn` is the half-angle tangent of its heading. */
export type Emblem = {
  family: Family;
  pattern: Pattern;
  ink: Color;
  relief: 'flat' | 'embossed';
  plaque: 'round' | 'square';
  dark: boolean;
  backdrop: Backdrop;
  turn: number;
  lightX: number;
  lightY: number;
};

type EmblemItem = { file: string; emblem: Emblem };

/** All emblems of a seed. Colour, relief and plaque go through the same round in every family: only the sign differs. */
export function planEmblems(seed: number): EmblemItem[] {
  return FAMILIES.flatMap((family) =>
    Array.from({ length: EMBLEMS_PER_FAMILY }, (_, i) => ({
      file: `${family}/${family.toLowerCase()}_${String(i).padStart(2, '0')}.png`,
      emblem: drawEmblem(randomStream(seed, `test/emblem/${family}/${i}`), family, i),
    })),
  );
}

/** An emblem of a family; `i` sets colour, relief, plaque and backdrop, the stream the rest. */
export function drawEmblem(random: Random, family: Family, i: number): Emblem {
  return {
    family,
    pattern: patternOf(random, family),
    ink: COLORS[i % COLORS.length]!,
    relief: i % 2 === 0 ? 'embossed' : 'flat',
    plaque: i % 3 === 0 ? 'square' : 'round',
    dark: i % 4 === 3,
    backdrop: BACKDROPS[(i + (i >> 2)) % BACKDROPS.length]!,
    turn: random.between(-0.16, 0.16),
    lightX: random.between(-0.95, -0.45),
    lightY: random.between(-0.85, -0.4),
  };
}

/** Linear colours of the plaque and its ink; light inks stand on dark plaques and the other way round. */
export function emblemColors(e: Emblem): {
  plaque: readonly [number, number, number];
  ink: readonly [number, number, number];
} {
  const plaque =
    e.dark && e.ink !== 'gray' && e.ink !== 'brown' ? ([0.07, 0.08, 0.105] as const) : ([0.78, 0.75, 0.7] as const);
  return { plaque, ink: PIGMENT[e.ink] };
}

function patternOf(random: Random, family: Family): Pattern {
  switch (family) {
    case 'Ring':
      return rings(random);
    case 'Star':
      return star(random);
    case 'Wave':
      return waves(random);
    case 'Grid':
      return grid(random);
    case 'Leaf':
      return leaf(random);
    case 'Cloud':
      return cloud(random);
  }
}

function rings(random: Random): Pattern {
  const n = 1 + random.below(2);
  const outer = random.between(0.62, 0.72);
  const width = random.between(0.34, 0.46) * (outer / (n + 0.6));
  const step = outer / (n + 0.45);
  const dot = random.chance(0.5) ? step * 0.42 : 0;
  return (p, q) => {
    const r = Math.sqrt(p * p + q * q);
    let d = r - dot;
    if (dot === 0) d = Infinity;
    for (let k = 0; k < n; k++) d = Math.min(d, Math.abs(r - (outer - k * step)) - width / 2);
    return d;
  };
}

function star(random: Random): Pattern {
  const points = random.pick([10, 11, 13]);
  const outer = random.between(0.68, 0.76);
  const inner = outer * random.between(0.5, 0.68);
  const hole = random.chance(0.5) ? inner * random.between(0.35, 0.55) : 0;
  const start = random.unit();
  const corners = Array.from({ length: points * 2 }, (_, k) => {
    const [c, s] = unitCircle(start + k / (points * 2));
    const r = k % 2 === 0 ? outer : inner;
    return [c * r, s * r] as const;
  });
  const edges = edgesOf(corners);
  return (p, q) => {
    const d = polygon(edges, p, q);
    return hole > 0 ? Math.max(d, hole - Math.sqrt(p * p + q * q)) : d;
  };
}

function waves(random: Random): Pattern {
  const bands = 3 + random.below(2);
  const period = 1.3 / bands;
  const width = period * random.between(0.24, 0.3);
  const height = random.between(0.09, 0.16);
  const rate = random.between(0.8, 1.5);
  const phase = random.unit();
  return (p, q) => {
    const y = q - height * swing(p * rate + phase) + 0.65;
    const band = Math.floor(y / period);
    const d = Math.abs(y - (band + 0.5) * period) * 0.85 - width;
    const inside = Math.sqrt(p * p + q * q) - 0.72;
    return Math.max(band < 0 || band >= bands ? Math.max(d, 0.02) : d, inside);
  };
}

function grid(random: Random): Pattern {
  const cells = 3 + random.below(2);
  const round = random.chance(0.5);
  const step = 1.16 / cells;
  const half = step * random.between(0.3, 0.38);
  const at = (v: number): number => {
    const k = Math.max(0, Math.min(cells - 1, Math.floor((v + 0.58) / step)));
    return v + 0.58 - (k + 0.5) * step;
  };
  return (p, q) => {
    const x = Math.abs(at(p));
    const y = Math.abs(at(q));
    return round ? Math.sqrt(x * x + y * y) - half * 1.1 : Math.max(x, y) - half;
  };
}

/** A pointed leaf with a bare midrib, leaning to either side. */
function leaf(random: Random): Pattern {
  const long = random.between(0.68, 0.76);
  const wide = long * random.between(0.44, 0.56);
  const rib = random.between(0.035, 0.055);
  const [c, s] = unitCircle(random.between(0.04, 0.14) * (random.chance(0.5) ? 1 : -1));
  // Two arcs through both tips, `wide` from the axis at most.
  const radius = (long * long + wide * wide) / (2 * wide);
  return (p, q) => {
    const across = Math.abs(p * c + q * s);
    const along = q * c - p * s;
    const off = across + radius - wide;
    const blade = Math.sqrt(off * off + along * along) - radius;
    return Math.max(blade, along < long * 0.45 ? rib - across : -1);
  };
}

/** Puffs on a flat base. */
function cloud(random: Random): Pattern {
  const base = -random.between(0.32, 0.38);
  const side = random.chance(0.5) ? 1 : -1;
  const puffs = [
    [-0.42, 0.24, random.between(0.22, 0.27)],
    [-0.1, 0.42, random.between(0.33, 0.38)],
    [0.28, 0.34, random.between(0.27, 0.32)],
    [0.52, 0.19, random.between(0.17, 0.21)],
  ] as const;
  return (p, q) => {
    const x = p * side;
    const y = q - base;
    // The bottom between the outer puffs, with round ends as high as they are.
    const out = x - Math.max(-0.42, Math.min(0.52, x));
    let d = Math.sqrt(out * out + (y - 0.18) * (y - 0.18)) - 0.18;
    for (const [cx, cy, r] of puffs) d = Math.min(d, Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - r);
    return Math.max(d, -y);
  };
}

/** A smooth wave of period 1 between -1 and 1, of parabolas (no sine). */
function swing(v: number): number {
  const t = v - Math.floor(v);
  const u = t < 0.5 ? t * 2 : t * 2 - 1;
  const arc = 4 * u * (1 - u);
  return t < 0.5 ? arc : -arc;
}

/** Cosine and sine of a fraction of a turn by their series: exact arithmetic, equal on every machine. */
export function unitCircle(turns: number): [number, number] {
  const a = (turns - Math.round(turns)) * 6.283185307179586;
  const x = a / 4;
  const x2 = x * x;
  const sin = x * (1 - (x2 / 6) * (1 - (x2 / 20) * (1 - (x2 / 42) * (1 - (x2 / 72) * (1 - x2 / 110)))));
  const cos = 1 - (x2 / 2) * (1 - (x2 / 12) * (1 - (x2 / 30) * (1 - (x2 / 56) * (1 - x2 / 90))));
  const s2 = 2 * sin * cos;
  const c2 = cos * cos - sin * sin;
  return [c2 * c2 - s2 * s2, 2 * s2 * c2];
}

/** A side of a polygon: its first corner, the way to the next one, and the square of its length. */
type Edge = { ax: number; ay: number; by: number; ex: number; ey: number; length2: number };

function edgesOf(corners: readonly (readonly [number, number])[]): Edge[] {
  return corners.map(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length]!;
    const ex = bx - ax;
    const ey = by - ay;
    return { ax, ay, by, ex, ey, length2: ex * ex + ey * ey };
  });
}

function polygon(edges: readonly Edge[], p: number, q: number): number {
  let best = Infinity;
  let inside = false;
  for (let i = 0; i < edges.length; i++) {
    const { ax, ay, by, ex, ey, length2 } = edges[i]!;
    const t = Math.max(0, Math.min(1, ((p - ax) * ex + (q - ay) * ey) / length2));
    const dx = p - ax - t * ex;
    const dy = q - ay - t * ey;
    best = Math.min(best, dx * dx + dy * dy);
    if (ay > q !== by > q && p < (ex * (q - ay)) / ey + ax) inside = !inside;
  }
  return (inside ? -1 : 1) * Math.sqrt(best);
}
