import { CLEAR_DEPTH, CLEAR_SIDE } from './compose.ts';
import { cameraAt, project } from './optics.ts';
import { extentOf, type Scene, type Solid } from './scene.ts';
import { visibleShares } from './visible.ts';

// Finer words for where a solid stands. Columns run from -1 at the picture's left edge to 1 at its right; depths are in
// scene units along the floor, away from the camera.

/** Beyond this gap of columns a solid is "far left of" another: two fifths of the picture's width. */
const FAR_SIDE = 0.8;
/** Up to this gap of columns it is "just left of" it. */
const JUST_SIDE = 0.32;
/** Up to this gap of columns it is "straight in front of" or "straight behind" it. */
const STRAIGHT = 0.08;
/** Beyond this gap of depths it is "far behind" it, up to the other "just behind". */
const FAR_DEPTH = 2.5;
const JUST_DEPTH = 1.9;
/** Up to this gap of depths two are "level with" each other. */
const LEVEL = 0.3;
/** "Half hidden by": what the camera sees of a solid that only the other hides. */
const HALF = { least: 0.3, most: 0.7 };
/**
 * Beyond this column a solid is "at the left edge" or "at the right edge"; up to the second "in the middle", and from there
 * to the third "just left of the middle" or "just right of the middle".
 */
const EDGE = 0.55;
const MIDDLE = 0.1;
const NEAR_MIDDLE = 0.32;

/** How far right of s stands t, in columns. */
const columns = (scene: Scene, s: Solid, t: Solid): number => column(scene, t) - column(scene, s);
const within = (value: number, low: number, high: number): boolean => value > low && value <= high;

type Rule = (scene: Scene, s: Solid, t: Solid) => boolean;

/** Relations of two solids: "s RELATION t". */
export const FINE_RELATIONS: Record<string, Rule> = {
  'far left of': (scene, s, t) => columns(scene, s, t) > FAR_SIDE,
  'far right of': (scene, s, t) => columns(scene, t, s) > FAR_SIDE,
  'just left of': (scene, s, t) => within(columns(scene, s, t), CLEAR_SIDE, JUST_SIDE),
  'just right of': (scene, s, t) => within(columns(scene, t, s), CLEAR_SIDE, JUST_SIDE),
  'straight in front of': (scene, s, t) => t.y - s.y > CLEAR_DEPTH && Math.abs(columns(scene, s, t)) <= STRAIGHT,
  'straight behind': (scene, s, t) => s.y - t.y > CLEAR_DEPTH && Math.abs(columns(scene, s, t)) <= STRAIGHT,
  'far in front of': (_, s, t) => t.y - s.y > FAR_DEPTH,
  'far behind': (_, s, t) => s.y - t.y > FAR_DEPTH,
  'just in front of': (_, s, t) => within(t.y - s.y, CLEAR_DEPTH, JUST_DEPTH),
  'just behind': (_, s, t) => within(s.y - t.y, CLEAR_DEPTH, JUST_DEPTH),
  'level with': (_, s, t) => Math.abs(s.y - t.y) <= LEVEL,
  'half hidden by': (scene, s, t) => {
    // So far aside nothing is hidden: no need to look.
    if (t.y >= s.y || Math.abs(columns(scene, s, t)) > FAR_SIDE) return false;
    const share = visibleShares({ ...scene, solids: [s, t], props: [], action: null })[0]!;
    return share >= HALF.least && share <= HALF.most;
  },
};

/** Places of one solid in the picture: "s PLACE". */
export const PLACES: Record<string, (scene: Scene, s: Solid) => boolean> = {
  'at the left edge': (scene, s) => column(scene, s) < -EDGE,
  'at the right edge': (scene, s) => column(scene, s) > EDGE,
  'just left of the middle': (scene, s) => within(-column(scene, s), MIDDLE, NEAR_MIDDLE),
  'just right of the middle': (scene, s) => within(column(scene, s), MIDDLE, NEAR_MIDDLE),
  'in the middle': (scene, s) => Math.abs(column(scene, s)) <= MIDDLE,
};

/** The column of the middle of a solid. */
export function column(scene: Scene, s: Solid): number {
  return project(cameraAt(scene.aim), s.x, s.y, s.base + extentOf(s).halfHeight).x;
}
