import { clamp01, smooth } from './optics.ts';
import { type Body, hit, normalAt } from './solids.ts';
import { floorLight, hidden, type Stage, shadowed, skyLight, tint } from './studio.ts';

const normal = new Float64Array(3);
const mirrored = new Float64Array(3);
const painted = new Float64Array(3);

/** The light that a solid sends to the camera from one point of its surface; `d` is the ray's way, `l` the lamp's. */
export function solidLight(
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
  const coat = s.coats?.[index];
  if (coat) coat(x - s.bodies[index]!.x, y - s.bodies[index]!.y, z - s.bodies[index]!.z, painted);
  const pigment = coat ? painted : s.pigment[index]!;
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
