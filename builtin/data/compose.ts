import { cameraAt, LENS, project } from './optics.ts';
import type { Random } from './random.ts';
import { BACKDROPS, COLORS, extentOf, type Look, MATERIALS, type Scene, SHAPES, SIZES, type Solid } from './scene.ts';
import { bodyOf } from './solids.ts';
import { visibleShares } from './visible.ts';

/** How the solids of a scene stand: the order of the looks matters (left, front, top come first). */
export type Layout = 'beside' | 'ahead' | 'stacked' | 'scattered';

/** Left of / in front of counts only beyond these gaps, so that no caption is a matter of opinion. */
export const CLEAR_SIDE = 0.14;
export const CLEAR_DEPTH = 1.25;

const TRIES = 4000;
const FRAME = 0.94;

export function randomLook(random: Random): Look {
  return {
    color: random.pick(COLORS),
    shape: random.pick(SHAPES),
    size: random.pick(SIZES),
    material: random.pick(MATERIALS),
  };
}

/**
 * Places the looks at random under a layout until everything is in the picture and nothing hides another.
 * @throws when the looks do not fit the layout at all.
 */
export function compose(random: Random, looks: readonly Look[], layout: Layout): Scene {
  if (layout === 'stacked' && looks[1]?.shape === 'sphere') throw new Error('nothing stands on a sphere');
  const backdrop = random.pick(BACKDROPS);
  const lightX = random.between(-0.95, -0.45);
  const lightY = random.between(-0.85, -0.4);
  for (let i = 0; i < TRIES; i++) {
    const solids = place(random, looks, layout);
    const top = Math.max(...solids.map((s) => s.base + 2 * extentOf(s).halfHeight));
    const scene: Scene = { solids, backdrop, aim: 0.28 + 0.36 * top, lightX, lightY };
    if (fits(scene, layout)) return scene;
  }
  throw new Error(`no room for ${looks.length} solids in a ${layout} scene`);
}

function place(random: Random, looks: readonly Look[], layout: Layout): Solid[] {
  const stand = (look: Look, x: number, y: number): Solid => {
    // A heading by its half-angle tangent: exact arithmetic, and cubes never show one face only.
    const k = random.between(0.12, 0.32);
    const n = 1 + k * k;
    return { ...look, x, y, base: 0, cos: (1 - k * k) / n, sin: (2 * k) / n, restsOn: null };
  };
  if (layout === 'stacked') {
    const x = random.between(-0.7, 0.7);
    const y = random.between(-0.5, 0.6);
    const below = stand(looks[1]!, x, y);
    const above = stand(looks[0]!, x + random.between(-0.08, 0.08), y + random.between(-0.08, 0.08));
    return [{ ...above, base: 2 * extentOf(below).halfHeight, restsOn: 1 }, below];
  }
  if (looks.length === 1) return [stand(looks[0]!, random.between(-0.9, 0.9), random.between(-0.7, 0.9))];
  if (layout === 'beside') {
    return looks.map((look, i) => {
      const x = random.between(0.5, 1.4) * (i === 0 ? -1 : 1);
      return stand(look, x, random.between(-0.9, 1));
    });
  }
  if (layout === 'ahead') {
    const side = random.chance(0.5) ? 1 : -1;
    return looks.map((look, i) => {
      const x = side * (i === 0 ? -1 : 1) * random.between(0.2, 1.3);
      return stand(look, x, i === 0 ? random.between(-1.7, -0.5) : random.between(0.8, 2.3));
    });
  }
  const placed: Solid[] = [];
  for (const look of looks) {
    for (let i = 0; i < 40; i++) {
      const next = stand(look, random.between(-2, 2), random.between(-2, 3));
      // Solids one behind the other need more room than those side by side.
      const free = placed.every((s) => {
        const room = extentOf(s).half + extentOf(next).half;
        const dx = (s.x - next.x) / (room * 1.15);
        const dy = (s.y - next.y) / (room * 2.1);
        return dx * dx + dy * dy > 1;
      });
      if (free || i === 39) {
        placed.push(next);
        break;
      }
    }
  }
  return placed;
}

/** Whether everything is in the picture, nothing touches or hides another, and the layout is clear. */
export function fits(scene: Scene, layout: Layout): boolean {
  const { solids } = scene;
  const camera = cameraAt(scene.aim);
  const marks = solids.map((s) => {
    const body = bodyOf(s);
    const p = project(camera, body.x, body.y, body.z);
    // Half width and half height in the picture, from a camera about 20 degrees above; a cube's depends on its heading.
    const wide = body.kind === 'cube' ? body.half * (body.cos + body.sin) : body.half;
    const tall = body.kind === 'sphere' ? body.half : 0.94 * body.halfHeight + 0.35 * wide;
    const scale = 1.06 / (p.depth * LENS);
    return { ...p, reach: wide * scale, rise: tall * scale };
  });
  for (const m of marks) if (Math.abs(m.x) + m.reach > FRAME || Math.abs(m.y) + m.rise > FRAME) return false;
  for (let i = 0; i < solids.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = solids[i]!;
      const b = solids[j]!;
      if (a.restsOn === j || b.restsOn === i) continue;
      const gap = Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
      if (gap < (extentOf(a).half + extentOf(b).half) * 1.3) return false;
    }
  }
  if (layout === 'beside' && marks.length === 2) {
    if (marks[1]!.x - marks[1]!.reach - (marks[0]!.x + marks[0]!.reach) < 0.04) return false;
    if (Math.abs(solids[0]!.y - solids[1]!.y) > CLEAR_DEPTH * 0.9) return false;
  }
  if (layout === 'ahead') {
    if (solids[1]!.y - solids[0]!.y < CLEAR_DEPTH + 0.25) return false;
    if (Math.abs(marks[0]!.x - marks[1]!.x) < CLEAR_SIDE + 0.06) return false;
  }
  const shares = visibleShares(scene);
  return shares.every(
    (share, i) => share >= (layout === 'stacked' && i === 1 ? 0.6 : layout === 'scattered' ? 0.8 : 0.9),
  );
}
