import { extentOf, type Prop, type Scene, type Solid } from './scene.ts';

/** A solid ready for rays: numbers only. An egg is a ball stretched upright, a cone stands on its wide end. */
export type Body = {
  kind: 'sphere' | 'cube' | 'cylinder' | 'egg' | 'cone';
  x: number;
  y: number;
  z: number;
  half: number;
  halfHeight: number;
  cos: number;
  sin: number;
  /** Square of the radius of a sphere around it. */
  bound: number;
};

export function bodyOf(solid: Solid): Body {
  const { half, halfHeight } = extentOf(solid);
  const corner =
    solid.shape === 'sphere'
      ? half * half
      : solid.shape === 'cube'
        ? 3 * half * half
        : half * half + halfHeight * halfHeight;
  return {
    kind: solid.shape,
    x: solid.x,
    y: solid.y,
    z: solid.base + halfHeight,
    half,
    halfHeight,
    cos: solid.cos,
    sin: solid.sin,
    bound: corner * 1.0001,
  };
}

export function bodiesOf(scene: Scene): Body[] {
  return scene.solids.map(bodyOf);
}

/** A prop ready for rays; it has no heading. */
export function propBody({ shape, x, y, base, half, halfHeight }: Prop): Body {
  const corner = shape === 'sphere' ? half * half : half * half + halfHeight * halfHeight;
  return { kind: shape, x, y, z: base + halfHeight, half, halfHeight, cos: 1, sin: 0, bound: corner * 1.0001 };
}

/** Distance along a unit ray to the body, or Infinity. Rays that start inside meet nothing. */
export function hit(b: Body, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const px = ox - b.x;
  const py = oy - b.y;
  const pz = oz - b.z;
  const along = px * dx + py * dy + pz * dz;
  const away = px * px + py * py + pz * pz;
  const disc = along * along - away + b.bound;
  if (disc < 0 || (along > 0 && away > b.bound)) return Infinity;
  if (b.kind === 'sphere') {
    const t = -along - Math.sqrt(along * along - away + b.half * b.half);
    return t > 1e-6 ? t : Infinity;
  }
  if (b.kind === 'cube') return hitCube(b, px, py, pz, dx, dy, dz);
  if (b.kind === 'cylinder') return hitCylinder(b, px, py, pz, dx, dy, dz);
  return b.kind === 'egg' ? hitEgg(b, px, py, pz, dx, dy, dz) : hitCone(b, px, py, pz, dx, dy, dz);
}

function hitCube(b: Body, px: number, py: number, pz: number, dx: number, dy: number, dz: number): number {
  const h = b.half;
  // Into the cube's own frame; a division by zero gives infinities, which the comparisons below handle.
  const lx = px * b.cos + py * b.sin;
  const ly = py * b.cos - px * b.sin;
  const ex = 1 / (dx * b.cos + dy * b.sin);
  const ey = 1 / (dy * b.cos - dx * b.sin);
  const ez = 1 / dz;
  const x1 = (-h - lx) * ex;
  const x2 = (h - lx) * ex;
  const y1 = (-h - ly) * ey;
  const y2 = (h - ly) * ey;
  const z1 = (-h - pz) * ez;
  const z2 = (h - pz) * ez;
  const near = Math.max(Math.min(x1, x2), Math.min(y1, y2), Math.min(z1, z2));
  const far = Math.min(Math.max(x1, x2), Math.max(y1, y2), Math.max(z1, z2));
  return near <= far && near > 1e-6 ? near : Infinity;
}

function hitCylinder(b: Body, px: number, py: number, pz: number, dx: number, dy: number, dz: number): number {
  const r2 = b.half * b.half;
  const h = b.halfHeight;
  let best = Infinity;
  const a = dx * dx + dy * dy;
  if (a > 1e-12) {
    const k = px * dx + py * dy;
    const disc = k * k - a * (px * px + py * py - r2);
    if (disc < 0) return Infinity;
    const t = (-k - Math.sqrt(disc)) / a;
    const z = pz + t * dz;
    if (t > 1e-6 && z >= -h && z <= h) best = t;
  }
  const cap = dz > 0 ? -h : h;
  const t = (cap - pz) / dz;
  if (t > 1e-6 && t < best) {
    const x = px + t * dx;
    const y = py + t * dy;
    if (x * x + y * y <= r2) best = t;
  }
  return best;
}

function hitEgg(b: Body, px: number, py: number, pz: number, dx: number, dy: number, dz: number): number {
  // As a ball, in a space where height is scaled.
  const k = b.half / b.halfHeight;
  const a = dx * dx + dy * dy + dz * dz * k * k;
  const along = px * dx + py * dy + pz * dz * k * k;
  const disc = along * along - a * (px * px + py * py + pz * pz * k * k - b.half * b.half);
  if (disc < 0) return Infinity;
  const t = (-along - Math.sqrt(disc)) / a;
  return t > 1e-6 ? t : Infinity;
}

function hitCone(b: Body, px: number, py: number, pz: number, dx: number, dy: number, dz: number): number {
  const h = b.halfHeight;
  // At height z above the middle the radius is slope * (h - z).
  const slope = b.half / (2 * h);
  const rest = h - pz;
  const a = dx * dx + dy * dy - slope * slope * dz * dz;
  const along = px * dx + py * dy + slope * slope * rest * dz;
  const disc = along * along - a * (px * px + py * py - slope * slope * rest * rest);
  let best = Infinity;
  if (disc >= 0) {
    const root = Math.sqrt(disc);
    for (let sign = -1; sign <= 1; sign += 2) {
      const t = (-along + sign * root) / a;
      const z = pz + t * dz;
      if (
        t > 1e-6 &&
        t < best &&
        z >= -h &&
        z <= h &&
        (px + t * dx) * dx + (py + t * dy) * dy < -slope * slope * (h - z) * dz
      )
        best = t;
    }
  }
  if (dz <= 0) return best;
  const t = (-h - pz) / dz;
  const x = px + t * dx;
  const y = py + t * dy;
  return t > 1e-6 && t < best && x * x + y * y <= b.half * b.half ? t : best;
}

const BEVEL = 0.14;

/** How far a face coordinate (1 on the face) turns the normal: 0 inside, 1 on the face, so that edges look rounded. */
function turn(v: number): number {
  const w = (v < 0 ? -v : v) - (1 - BEVEL);
  if (w <= 0) return 0;
  const u = w / BEVEL;
  return (v < 0 ? -1 : 1) * u * u * u;
}

/** The unit normal at a point of the body's surface, with edges rounded by a bevel; written to out[0..2]. */
export function normalAt(b: Body, x: number, y: number, z: number, out: Float64Array): void {
  const px = x - b.x;
  const py = y - b.y;
  const pz = z - b.z;
  let nx = px;
  let ny = py;
  let nz = pz;
  if (b.kind === 'cube') {
    const lx = turn((px * b.cos + py * b.sin) / b.half);
    const ly = turn((py * b.cos - px * b.sin) / b.half);
    nx = lx * b.cos - ly * b.sin;
    ny = lx * b.sin + ly * b.cos;
    nz = turn(pz / b.half);
  } else if (b.kind === 'cylinder') {
    const rho = Math.sqrt(px * px + py * py);
    const side = turn(rho / b.half) / (rho + 1e-9);
    nx = px * side;
    ny = py * side;
    nz = turn(pz / b.halfHeight);
  } else if (b.kind === 'egg') {
    const k = b.half / b.halfHeight;
    nz = pz * k * k;
  } else if (b.kind === 'cone') {
    const slope = b.half / (2 * b.halfHeight);
    const rest = b.halfHeight - pz;
    if (pz < -b.halfHeight + 1e-9) {
      nx = 0;
      ny = 0;
      nz = -1;
    } else nz = slope * slope * rest;
  }
  const n = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-18);
  out[0] = nx * n;
  out[1] = ny * n;
  out[2] = nz * n;
}
