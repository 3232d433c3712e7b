import { headed, isFramed, marksOf } from './compose.ts';
import type { Random } from './random.ts';
import { extentOf, type Look, type Scene, type Solid } from './scene.ts';
import { visibleShares } from './visible.ts';

const TRIES = 60;
/** Centres keep this many times the sum of half widths, and from pebbles this much more than it, in scene units. */
const ROOM = 1.45;
const PEBBLE_ROOM = 0.2;
/** What must be seen of a newcomer, and what it may take of one that was there. */
const OPEN = 0.85;
const TAKEN = 0.05;

/**
 * The scene with more solids on the floor, each clear of the others, in the picture and well seen, none of which hides a
 * solid that was there; null when no room is found.
 */
export function addBystanders(random: Random, scene: Scene, looks: readonly Look[]): Scene | null {
  let full: Scene | null = scene;
  for (const look of looks) full = full && addOne(random, full, look);
  return full;
}

function addOne(random: Random, scene: Scene, look: Look): Scene | null {
  const before = visibleShares(scene);
  for (let i = 0; i < TRIES; i++) {
    const solid = headed(random, look, random.between(-2.4, 2.4), random.between(-2, 3));
    if (!isClear(scene, solid) || !isFramed(marksOf({ ...scene, solids: [solid] })[0]!)) continue;
    const next = { ...scene, solids: [...scene.solids, solid] };
    const shares = visibleShares(next);
    if (shares.at(-1)! >= OPEN && before.every((share, j) => shares[j]! >= share - TAKEN)) return next;
  }
  return null;
}

function isClear({ solids, props }: Scene, solid: Solid): boolean {
  const { half } = extentOf(solid);
  return (
    solids.every((s) => distance(s, solid) >= (extentOf(s).half + half) * ROOM) &&
    props.every((p) => distance(p, solid) >= p.half + half + PEBBLE_ROOM)
  );
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}
