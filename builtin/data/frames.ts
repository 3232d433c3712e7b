import { compose, isFramed, marksOf, randomLook } from './compose.ts';
import { isForTest } from './contents.ts';
import type { Random } from './random.ts';
import { COLORS, extentOf, type Scene, type Solid } from './scene.ts';
import type { Nearby } from './single-out.ts';
import { visibleShares } from './visible.ts';

/** Frames of a set. */
const FRAMES = 10;
/** A path is cut into small steps, five to a frame. */
const STEPS = 5;
/** The least that must be seen of a solid, in every frame. */
const LEAST_SEEN = 0.3;
const TRIES = 4000;

/** Where the moving solid is after some small steps, seen from the one that stays; -1 to 5 * 9 + 1. */
type Path = (step: number) => { x: number; y: number };

const LAST = STEPS * (FRAMES - 1);
/** Tangent of half the angle of a small step; 45 of them are half a turn. */
const TURN = 0.0349207695;

/** A way to move, drawn anew: straight across before or behind the other, along it in depth, or half around it. */
const MOVES = [across, along, around] as const satisfies ((random: Random) => Path)[];

export const MOVE_COUNT = MOVES.length;

/**
 * Ten frames of a solid that moves past another or around it, evenly, while all else stays as it is; beside each, the scenes
 * a fifth of a frame before and after.
 * @param move which way, 0 to MOVE_COUNT - 1.
 * @throws when no path is found on which both stay in the picture, apart and visible.
 */
export function movingFrames(random: Random, move: number): Nearby[] {
  for (let i = 0; i < TRIES; i++) {
    const [c1, c2] = random.shuffle(COLORS);
    const looks = [
      { ...randomLook(random), color: c1!, size: 'small' } as const,
      { ...randomLook(random), color: c2! },
    ];
    if (!isForTest(looks)) continue;
    const mover = compose(random, looks.slice(0, 1), 'scattered').solids[0]!;
    const still = compose(random, looks.slice(1), 'scattered');
    const path = MOVES[move]!(random);
    const at = (step: number): Scene => withMover(still, mover, path(step));
    // The ends leave the picture first.
    if (![0, LAST].every((step) => clear(at(step)))) continue;
    const frames = Array.from({ length: FRAMES }, (_, k) => at(k * STEPS));
    if (frames.every(clear)) {
      return frames.map((scene, k) => ({ scene, close: [at(k * STEPS - 1), at(k * STEPS + 1)] }));
    }
  }
  throw new Error('no path of ten frames is clear');
}

function across(random: Random): Path {
  const side = random.pick([-1, 1]);
  const y = random.pick([-1, 1]) * random.between(1.35, 1.9);
  const [from, to] = [-side * random.between(0.9, 2.6), side * random.between(0.9, 2.6)];
  return (step) => ({ x: line(from, to, step), y });
}

function along(random: Random): Path {
  const x = random.pick([-1, 1]) * random.between(0.8, 1.9);
  const [from, to] = random.shuffle([random.between(-3.2, -1.8), random.between(2, 3.6)]) as [number, number];
  return (step) => ({ x, y: line(from, to, step) });
}

function around(random: Random): Path {
  const radius = random.pick([-1, 1]) * random.between(1.35, 1.9);
  const turn = random.pick([-1, 1]);
  return (step) => halfTurn(radius, turn, step);
}

function line(from: number, to: number, step: number): number {
  return from + (to - from) * (step / LAST);
}

/** On a circle around the other from one side of it to the other. */
function halfTurn(radius: number, turn: number, step: number): { x: number; y: number } {
  const n = 1 + TURN * TURN;
  const [c, s] = [(1 - TURN * TURN) / n, ((2 * TURN) / n) * turn * (step < 0 ? -1 : 1)];
  let [x, y] = [radius, 0];
  for (let i = 0; i < Math.abs(step); i++) [x, y] = [x * c - y * s, x * s + y * c];
  return { x, y };
}

function withMover(still: Scene, mover: Solid, { x, y }: { x: number; y: number }): Scene {
  const other = still.solids[0]!;
  // No clutter, which the mover would run into.
  return { ...still, props: [], solids: [{ ...mover, x: other.x + x, y: other.y + y }, other] };
}

/** Both are in the picture, apart, and can be told from what is seen of them. */
function clear(scene: Scene): boolean {
  const [a, b] = scene.solids as [Solid, Solid];
  const gap = Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
  if (gap < (extentOf(a).half + extentOf(b).half) * 1.2) return false;
  if (!marksOf(scene).every(isFramed)) return false;
  return visibleShares(scene).every((share) => share >= LEAST_SEEN);
}
