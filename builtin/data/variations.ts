import { compose, fits, randomLook } from './compose.ts';
import { drawForTest, isForTest } from './contents.ts';
import type { Random } from './random.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES, SIZES, type Solid } from './scene.ts';
import type { Nearby } from './single-out.ts';

const IMAGES = 10;
const TRIES = 2000;
/** Shifts of a solid, in scene units, that should decide nothing. */
const SHIFT = { x: 0.06, y: 0.1 };

type Change = (random: Random, solids: readonly Solid[]) => Solid[];

/** Each changes one attribute or place. */
const SINGLE: readonly Change[] = [
  (random, solids) => {
    const color = random.pick(COLORS.filter((c) => solids.every((s) => s.color !== c)));
    return changeOne(random, solids, () => ({ color }));
  },
  (random, solids) => changeOne(random, solids, (s) => ({ size: other(random, SIZES, s.size) })),
  (random, solids) => changeOne(random, solids, (s) => ({ material: other(random, MATERIALS, s.material) })),
  (random, solids) => changeOne(random, solids, (s) => ({ shape: other(random, SHAPES, s.shape) })),
  (random, solids) => changeOne(random, solids, () => ({ x: random.between(-2, 2), y: random.between(-2, 3) })),
];
/** Each changes two. */
const EXCHANGES: readonly Change[] = [exchangeColors, exchangePlaces];

/**
 * A scene of three solids and nine small variations of it, in any order: each has one or two attributes or places changed,
 * all else stays as it is. Beside each, scenes in which one solid is shifted a little.
 * @throws when there is no room for nine variations.
 */
export function variedImages(random: Random): Nearby[] {
  const looks = drawForTest(() => threeLooks(random));
  // No clutter, which would be in the way of what changes place.
  const base = { ...compose(random, looks, 'scattered'), props: [] };
  const scenes = [base];
  for (let i = 0; i < TRIES && scenes.length < IMAGES; i++) {
    const scene = { ...base, solids: vary(random, base.solids) };
    if (isForTest(scene.solids) && fits(scene, 'scattered') && scenes.every((s) => differs(s, scene)))
      scenes.push(scene);
  }
  if (scenes.length < IMAGES) throw new Error('no room for nine variations of a scene');
  return random.shuffle(scenes).map((scene) => ({ scene, close: shifted(scene) }));
}

/** Looks of three colours, one of them large at most. */
function threeLooks(random: Random): Look[] {
  return random
    .shuffle(COLORS)
    .slice(0, 3)
    .map((color, i): Look => ({ ...randomLook(random), color, ...(i > 0 ? { size: 'small' } : {}) }));
}

function vary(random: Random, solids: readonly Solid[]): Solid[] {
  if (random.chance(0.3)) return random.pick(EXCHANGES)(random, solids);
  const once = random.pick(SINGLE)(random, solids);
  return random.chance(0.3) ? random.pick(SINGLE)(random, once) : once;
}

function changeOne(random: Random, solids: readonly Solid[], change: (s: Solid) => Partial<Solid>): Solid[] {
  const chosen = random.pick(solids);
  return solids.map((s) => (s === chosen ? { ...s, ...change(s) } : s));
}

function exchangeColors(random: Random, solids: readonly Solid[]): Solid[] {
  const [a, b] = random.shuffle(solids) as [Solid, Solid];
  return solids.map((s) => (s === a ? { ...a, color: b.color } : s === b ? { ...b, color: a.color } : s));
}

function exchangePlaces(random: Random, solids: readonly Solid[]): Solid[] {
  const [a, b] = random.shuffle(solids) as [Solid, Solid];
  return solids.map((s) => (s === a ? { ...a, x: b.x, y: b.y } : s === b ? { ...b, x: a.x, y: a.y } : s));
}

function other<T>(random: Random, values: readonly T[], value: T): T {
  return random.pick(values.filter((v) => v !== value));
}

/**
 * Whether two scenes differ in an attribute, or in a place by more than a shift. No two solids of a scene have the same
 * colour: to exchange both the colours and the places of two alike changes nothing.
 */
function differs(a: Scene, b: Scene): boolean {
  return a.solids.some((s) => {
    const t = b.solids.find(({ color }) => color === s.color);
    if (!t) return true;
    const near = Math.abs(s.x - t.x) < 0.4 && Math.abs(s.y - t.y) < 0.7;
    return s.shape !== t.shape || s.size !== t.size || s.material !== t.material || !near;
  });
}

function shifted(scene: Scene): Scene[] {
  return scene.solids.flatMap((solid) =>
    [{ x: solid.x - SHIFT.x }, { x: solid.x + SHIFT.x }, { y: solid.y - SHIFT.y }, { y: solid.y + SHIFT.y }].map(
      (place) => ({ ...scene, solids: scene.solids.map((s) => (s === solid ? { ...s, ...place } : s)) }),
    ),
  );
}
