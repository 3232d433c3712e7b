import { cameraAt, EYE, LENS, project } from './optics.ts';
import type { Random } from './random.ts';
import {
  BACKDROPS,
  COLORS,
  extentOf,
  type Look,
  MATERIALS,
  type Prop,
  type Scene,
  SHAPES,
  SIZES,
  type Solid,
} from './scene.ts';
import { bodyOf } from './solids.ts';
import { visibleShares } from './visible.ts';

/** How the solids of a scene stand: the order of the looks matters (left, front, top come first). */
export type Layout = 'beside' | 'ahead' | 'stacked' | 'scattered';

/** Left of / in front of counts only beyond these gaps, so that no caption is a matter of opinion. */
export const CLEAR_SIDE = 0.14;
export const CLEAR_DEPTH = 1.25;

/** How many scenes of ten are strewn with pebbles where these find room, and how far they keep from all else. */
const PEBBLED = 0.4;
const PEBBLE_ROOM = 0.35;

/** From this height on, a scene is tall. */
const TALL = 2.1;

/** Two large spheres beside each other seldom fit, one placing in a thousand or so: many tries make up for it. */
const TRIES = 40_000;
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
    const scene = aimed({ solids, props: [], action: null, backdrop, lightX, lightY });
    if (fits(scene, layout)) return withPebbles(random, scene);
  }
  throw new Error(`no room for ${looks.length} solids in a ${layout} scene`);
}

/** A solid on the floor whose heading never shows one face of a cube only (by its half-angle tangent: exact arithmetic). */
export function headed(random: Random, look: Look, x: number, y: number): Solid {
  const k = random.between(0.12, 0.32);
  const n = 1 + k * k;
  // Field by field: looks come in many forms, which a spread would have to find out about each time.
  const { color, shape, size, material } = look;
  return { color, shape, size, material, x, y, base: 0, cos: (1 - k * k) / n, sin: (2 * k) / n, restsOn: null };
}

function place(random: Random, looks: readonly Look[], layout: Layout): Solid[] {
  const stand = (look: Look, x: number, y: number): Solid => headed(random, look, x, y);
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
      return stand(look, x, random.between(-0.9, 1.5));
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

/** The scene seen by a camera that looks a little below the middle of what stands there; of a tall pile, at its middle. */
export function aimed(scene: Omit<Scene, 'aim'>): Scene {
  const top = Math.max(...scene.solids.map((s) => s.base + 2 * extentOf(s).halfHeight));
  const aim = 0.28 + 0.36 * top;
  if (top < TALL) return { ...scene, aim };
  const marks = marksOf({ ...scene, aim });
  const high = Math.max(...marks.map((m) => m.y + m.rise));
  const low = Math.min(...marks.map((m) => m.y - m.rise));
  return { ...scene, aim: aim + ((high + low) / 2) * LENS * -EYE.y };
}

/** Where a solid falls in the picture (-1..1), with half its width and half its height there. */
type Mark = { x: number; y: number; reach: number; rise: number };

export function marksOf(scene: Scene): Mark[] {
  const camera = cameraAt(scene.aim);
  return scene.solids.map((s) => {
    const body = bodyOf(s);
    const p = project(camera, body.x, body.y, body.z);
    // From a camera about 20 degrees above; a cube's width depends on its heading.
    const wide = body.kind === 'cube' ? body.half * (body.cos + body.sin) : body.half;
    const tall = body.kind === 'sphere' ? body.half : 0.94 * body.halfHeight + 0.35 * wide;
    const scale = 1.06 / (p.depth * LENS);
    return { x: p.x, y: p.y, reach: wide * scale, rise: tall * scale };
  });
}

/** Whether all of it is in the picture. */
export function isFramed(m: Mark): boolean {
  return Math.abs(m.x) + m.reach <= FRAME && Math.abs(m.y) + m.rise <= FRAME;
}

/** Whether everything is in the picture, nothing touches or hides another, and the layout is clear. */
export function fits(scene: Scene, layout: Layout): boolean {
  const { solids } = scene;
  const marks = marksOf(scene);
  if (!marks.every(isFramed)) return false;
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

/** The scene, in four cases of ten with up to three pebbles in the floor's tone, which touch and hide no solid. */
export function withPebbles(random: Random, scene: Scene): Scene {
  if (!random.chance(PEBBLED)) return scene;
  const props = [...scene.props];
  for (let n = 1 + random.below(3); n > 0; n--) {
    const half = random.between(0.09, 0.16);
    const pebble: Prop = {
      shape: 'sphere',
      tone: 'floor',
      x: random.between(-2, 2),
      y: random.between(-1.2, 2.6),
      // Sunk a little, as a pebble lies.
      base: -0.3 * half,
      half,
      halfHeight: half,
    };
    if (isFree(scene, props, pebble)) props.push(pebble);
  }
  return { ...scene, props };
}

/** Apart from all that stands or lies there, and in front of no solid in the line of sight. */
function isFree(scene: Scene, props: readonly Prop[], pebble: Prop): boolean {
  const apart = (x: number, y: number, room: number): boolean =>
    (x - pebble.x) ** 2 + (y - pebble.y) ** 2 > room * room;
  return (
    scene.solids.every((s) => {
      const { half } = extentOf(s);
      const inSight = pebble.y < s.y && Math.abs(s.x - pebble.x) < half + pebble.half;
      return !inSight && apart(s.x, s.y, half * 1.2 + PEBBLE_ROOM);
    }) && props.every((p) => apart(p.x, p.y, p.half + PEBBLE_ROOM))
  );
}
