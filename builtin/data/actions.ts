import { aimed, headed, isFramed, marksOf, withPebbles } from './compose.ts';
import type { Random } from './random.ts';
import { BACKDROPS, extentOf, type Look, type Prop, type Scene, type Solid, type Verb } from './scene.ts';
import { visibleShares } from './visible.ts';

/** What stands where, before light and paper are chosen; solids are the subject, then the object. */
type Placed = { solids: [Solid, Solid]; props: Prop[] };

const TRIES = 4000;
/** Free height between a solid and the one above it, in scene units: to be seen at 64 pixels. */
const LIFT = { least: 0.5, most: 0.7 };
const ROD = 0.085;
const BEAD = 0.1;
/** What is to be seen of a solid that hides behind another: enough to know it, little enough to call it hidden. */
const HIDDEN = { least: 0.45, most: 0.68 };
const OPEN = 0.9;

/**
 * Whether the picture can show it: nothing stands on a sphere, nothing large hides behind something small, and two large
 * solids with air between them are too tall.
 */
export function canAct(subject: Look, object: Look, verb: Verb): boolean {
  if (verb === 'carries') return subject.shape !== 'sphere';
  if (verb === 'hides behind') return subject.size === 'small' || object.size === 'large';
  return !(verb === 'lifts' || verb === 'hovers over') || subject.size === 'small' || object.size === 'small';
}

/**
 * A scene of two solids of which the first does something to the second: its solids are the subject and the object.
 * @throws where canAct is false.
 */
export function composeAction(random: Random, subject: Look, object: Look, verb: Verb): Scene {
  if (!canAct(subject, object, verb)) throw new Error(`no ${subject.shape} ${verb} a ${object.shape} of these sizes`);
  const light = {
    backdrop: random.pick(BACKDROPS),
    lightX: random.between(-0.95, -0.45),
    lightY: random.between(-0.85, -0.4),
  };
  for (let i = 0; i < TRIES; i++) {
    const { solids, props } = PLACINGS[verb](random, subject, object);
    const action = { verb, subject: 0, object: 1 };
    const scene = aimed({ solids, props, action, ...light });
    if (isClear(scene, verb)) return withPebbles(random, scene);
  }
  throw new Error(`no room for two solids of which one ${verb} the other`);
}

type Placing = (random: Random, subject: Look, object: Look) => Placed;

const PLACINGS: Record<Verb, Placing> = {
  carries: (random, subject, object) => {
    const below = headed(random, subject, random.between(-0.7, 0.7), random.between(-0.3, 1.4));
    return { solids: [below, { ...above(random, object, below, 0), restsOn: 0 }], props: [] };
  },
  lifts: (random, subject, object) => {
    const below = headed(random, subject, random.between(-0.7, 0.7), random.between(0.3, 1.6));
    const gap = random.between(LIFT.least, LIFT.most);
    // The rod reaches a little into both, so that it also meets a sphere.
    const sunk = 0.1;
    const rod: Prop = {
      shape: 'cylinder',
      tone: 'dark',
      x: below.x,
      y: below.y,
      base: topOf(below) - sunk,
      half: ROD,
      halfHeight: gap / 2 + sunk,
    };
    return { solids: [below, { ...above(random, object, below, gap), x: below.x, y: below.y }], props: [rod] };
  },
  touches: (random, subject, object) => {
    const side = random.chance(0.5) ? 1 : -1;
    const a = headed(random, subject, 0, 0);
    const b = headed(random, object, 0, 0);
    const gap = widthOf(a) + widthOf(b) + 0.01;
    const middle = random.between(-0.5, 0.5);
    const y = random.between(-0.6, 0.8);
    return {
      solids: [
        { ...a, x: middle - (side * gap) / 2, y },
        { ...b, x: middle + (side * gap) / 2, y },
      ],
      props: [],
    };
  },
  'hovers over': (random, subject, object) => {
    const below = headed(random, object, random.between(-0.7, 0.7), random.between(0.3, 1.6));
    return { solids: [above(random, subject, below, random.between(LIFT.least, LIFT.most)), below], props: [] };
  },
  'hides behind': (random, subject, object) => {
    const front = headed(random, object, random.between(-0.7, 0.7), random.between(-1.4, -0.4));
    const side = random.chance(0.5) ? 1 : -1;
    const x = front.x + side * random.between(0.2, 1.1);
    return { solids: [headed(random, subject, x, front.y + random.between(1.35, 2)), front], props: [] };
  },
  'is tied to': (random, subject, object) => {
    const side = random.chance(0.5) ? 1 : -1;
    const a = headed(random, subject, -side * random.between(1, 1.5), random.between(-0.4, 0.9));
    const b = headed(random, object, side * random.between(1, 1.5), random.between(-0.4, 0.9));
    return { solids: [a, b], props: chain(a, b) };
  },
};

/** A solid over another, a little off its middle, with `gap` of free height between them. */
function above(random: Random, look: Look, below: Solid, gap: number): Solid {
  const off = (): number => random.between(-0.08, 0.08);
  return { ...headed(random, look, below.x + off(), below.y + off()), base: topOf(below) + gap };
}

function topOf(s: Solid): number {
  return s.base + 2 * extentOf(s).halfHeight;
}

/** Half width across the picture; a cube's depends on its heading. */
function widthOf(s: Solid): number {
  const { half } = extentOf(s);
  return s.shape === 'cube' ? half * (s.cos + s.sin) : half;
}

/** Beads on the floor from one solid's side to the other's. */
function chain(a: Solid, b: Solid): Prop[] {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const far = Math.sqrt(dx * dx + dy * dy);
  const from = extentOf(a).half / far;
  const to = 1 - extentOf(b).half / far;
  const count = Math.max(3, Math.ceil(((to - from) * far) / (BEAD * 2.3)));
  return Array.from({ length: count }, (_, i): Prop => {
    const t = from + ((to - from) * (i + 0.5)) / count;
    const place = { x: a.x + dx * t, y: a.y + dy * t, base: 0 };
    return { shape: 'sphere', tone: 'dark', ...place, half: BEAD, halfHeight: BEAD };
  });
}

function isClear(scene: Scene, verb: Verb): boolean {
  if (!marksOf(scene).every(isFramed)) return false;
  const [subject, object] = visibleShares(scene) as [number, number];
  if (verb === 'hides behind') return object >= OPEN && subject >= HIDDEN.least && subject <= HIDDEN.most;
  if (verb === 'is tied to') {
    const [a, b] = scene.solids as [Solid, Solid];
    const apart = Math.abs(a.x - b.x) - widthOf(a) - widthOf(b);
    return apart >= 0.35 && subject >= OPEN && object >= OPEN;
  }
  // What stands or floats above hides part of the one below, seen from a little higher up.
  const least = verb === 'touches' ? OPEN : 0.6;
  return subject >= least && object >= least;
}
