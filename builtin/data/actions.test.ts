import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { canAct, composeAction } from './actions.ts';
import { compose } from './compose.ts';
import { cameraAt, EYE, LENS } from './optics.ts';
import { randomStream } from './random.ts';
import { SIDE } from './raycast.ts';
import { extentOf, type Look, type Prop, type Scene, SHAPES, SIZES, type Solid, VERBS, type Verb } from './scene.ts';
import { bodiesOf, hit, propBody } from './solids.ts';

const LOOKS: readonly Look[] = SHAPES.flatMap((shape) =>
  SIZES.map((size) => ({ color: 'red' as const, shape, size, material: 'matte' as const })),
);
const PAIRS = LOOKS.flatMap((a) => LOOKS.map((b): [Look, Look] => [a, { ...b, color: 'blue' }]));
const ALLOWED = VERBS.flatMap((verb) =>
  PAIRS.filter(([a, b]) => canAct(a, b, verb)).map(([subject, object]) => ({ verb, subject, object })),
);

/** Scenes of a verb: every shape and size that it allows, several times. */
function scenesOf(verb: Verb, times = 6): Scene[] {
  return ALLOWED.filter((a) => a.verb === verb).flatMap(({ subject, object }, i) =>
    Array.from({ length: times }, (_, k) =>
      composeAction(randomStream(k, `actions/${verb}/${i}`), subject, object, verb),
    ),
  );
}

const topOf = (s: Solid): number => s.base + 2 * extentOf(s).halfHeight;
const apart = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.hypot(a.x - b.x, a.y - b.y);
const darkProps = ({ props }: Scene): Prop[] => props.filter((p) => p.tone === 'dark');
const onFloor = (s: Solid): boolean => s.base === 0 && s.restsOn === null;

/** What is nearest in each pixel, by one ray through its middle: solids first, then props; -1 for none. */
function nearest(scene: Scene): number[] {
  const bodies = [...bodiesOf(scene), ...scene.props.map(propBody)];
  const { forward, up } = cameraAt(scene.aim);
  return Array.from({ length: SIDE * SIDE }, (_, k) => {
    const u = ((((k % SIDE) + 0.5) / SIDE) * 2 - 1) * LENS;
    const v = (1 - ((Math.floor(k / SIDE) + 0.5) / SIDE) * 2) * LENS;
    const d = [u, forward[0] + v * up[0], forward[1] + v * up[1]] as const;
    const n = Math.hypot(...d);
    const ways = bodies.map((b) => hit(b, EYE.x, EYE.y, EYE.z, d[0] / n, d[1] / n, d[2] / n));
    const least = Math.min(...ways);
    return least === Infinity ? -1 : ways.indexOf(least);
  });
}

/** Pixels in which a dark prop is nearest. */
function darkPixels(scene: Scene): number[] {
  return [...nearest(scene).entries()]
    .filter(([, i]) => scene.props[i - scene.solids.length]?.tone === 'dark')
    .map(([k]) => k);
}

describe('composeAction', () => {
  it('finds room for every shape and size that canAct allows, and refuses all others', () => {
    for (const verb of VERBS) {
      for (const [a, b] of PAIRS) {
        for (let seed = 0; seed < 8; seed++) {
          const draw = (): Scene => composeAction(randomStream(seed, 'room'), a, b, verb);
          if (!canAct(a, b, verb)) expect(draw).toThrow(verb);
          else {
            const scene = draw();
            expect(scene.action).toEqual({ verb, subject: 0, object: 1 });
            expect(scene.solids).toMatchObject([a, b]);
          }
        }
      }
    }
  });

  it('carries: the object stands on the subject', () => {
    for (const scene of each(scenesOf('carries'))) {
      const [subject, object] = scene.solids as [Solid, Solid];
      expect(onFloor(subject)).toBe(true);
      expect(subject.shape).not.toBe('sphere');
      expect(object).toMatchObject({ base: topOf(subject), restsOn: 0 });
      expect(apart(subject, object)).toBeLessThan(extentOf(subject).half / 2);
      expect(darkProps(scene)).toEqual([]);
    }
  });

  it('lifts: a rod that can be seen joins the subject to the object above it', () => {
    for (const scene of each(scenesOf('lifts', 2))) {
      const [subject, object] = scene.solids as [Solid, Solid];
      const rods = darkProps(scene);
      expect(onFloor(subject)).toBe(true);
      expect(object.base - topOf(subject)).toBeGreaterThan(0.45);
      expect(rods).toMatchObject([{ shape: 'cylinder', x: object.x, y: object.y }]);
      expect(rods[0]!.base).toBeLessThan(topOf(subject));
      expect(rods[0]!.base + 2 * rods[0]!.halfHeight).toBeGreaterThan(object.base);
      expect(new Set(darkPixels(scene).map((k) => Math.floor(k / SIDE))).size).toBeGreaterThanOrEqual(3);
    }
  });

  it('touches: side by side on the floor, neither in the other, with at most one bare column between them in the picture', () => {
    for (const scene of each(scenesOf('touches', 2))) {
      expect(each(scene.solids).every(onFloor)).toBe(true);
      const front = nearest(scene);
      const columns = (i: number): number[] => [...front.entries()].filter(([, f]) => f === i).map(([k]) => k % SIDE);
      const [left, right] = scene.solids[0]!.x < scene.solids[1]!.x ? [0, 1] : [1, 0];
      const free = Math.min(...columns(right)) - Math.max(...columns(left)) - 1;
      expect(free).toBeLessThanOrEqual(1);
      const [a, b] = scene.solids as [Solid, Solid];
      expect(apart(a, b)).toBeGreaterThanOrEqual(extentOf(a).half + extentOf(b).half);
      expect(darkProps(scene)).toEqual([]);
    }
  });

  it('hovers over: the subject floats clear of the object, and nothing holds it', () => {
    for (const scene of each(scenesOf('hovers over'))) {
      const [subject, object] = scene.solids as [Solid, Solid];
      expect(onFloor(object)).toBe(true);
      expect(subject.base - topOf(object)).toBeGreaterThan(0.45);
      expect(subject.restsOn).toBeNull();
      expect(apart(subject, object)).toBeLessThan(extentOf(object).half / 2);
      expect(darkProps(scene)).toEqual([]);
    }
  });

  it('hides behind: the object covers a good part of the subject and leaves enough to know it by', () => {
    for (const scene of each(scenesOf('hides behind', 2))) {
      const [subject, object] = scene.solids as [Solid, Solid];
      expect(each(scene.solids).every(onFloor)).toBe(true);
      expect(subject.y).toBeGreaterThan(object.y);
      const shown = nearest(scene).filter((i) => i === 0).length;
      const whole = nearest({ ...scene, solids: [subject], props: [] }).filter((i) => i === 0).length;
      expect(shown / whole).toBeGreaterThan(0.4);
      expect(shown / whole).toBeLessThan(0.72);
      expect(shown).toBeGreaterThan(40);
    }
  });

  it('is tied to: a chain that can be seen leads from one to the other on the floor', () => {
    for (const scene of each(scenesOf('is tied to', 2))) {
      const [subject, object] = scene.solids as [Solid, Solid];
      expect(each(scene.solids).every(onFloor)).toBe(true);
      const beads = darkProps(scene);
      for (const bead of each(beads)) expect(bead).toMatchObject({ shape: 'sphere', base: 0 });
      const chain = [
        { ...subject, half: extentOf(subject).half },
        ...beads,
        { ...object, half: extentOf(object).half },
      ];
      for (const [i, link] of chain.slice(1).entries()) {
        const free = apart(chain[i]!, link) - chain[i]!.half - link.half;
        expect(Math.abs(free)).toBeLessThan(0.12);
      }
      expect(darkPixels(scene).length).toBeGreaterThanOrEqual(8);
    }
  });
});

describe('pebbles', () => {
  it('lie in some scenes but not in most, touch nothing and hide no solid', () => {
    const scenes = [
      ...VERBS.flatMap((verb) => scenesOf(verb)),
      ...PAIRS.flatMap(([a, b], i) =>
        Array.from({ length: 8 }, (_, k) => compose(randomStream(k, `pebbles/${i}`), [a, b], 'beside')),
      ),
    ];
    const pebbled = scenes.filter((s) => s.props.some((p) => p.tone === 'floor'));
    expect(pebbled.length / scenes.length).toBeGreaterThan(0.2);
    expect(pebbled.length / scenes.length).toBeLessThan(0.4);
    for (const scene of each(pebbled)) {
      for (const pebble of each(scene.props.filter((p) => p.tone === 'floor'))) {
        for (const s of each(scene.solids)) expect(apart(s, pebble)).toBeGreaterThan(extentOf(s).half + pebble.half);
        for (const p of each(scene.props)) {
          if (p !== pebble) expect(apart(p, pebble)).toBeGreaterThan(p.half + pebble.half);
        }
      }
    }
    for (const scene of each(pebbled.slice(0, 60))) {
      const bare = nearest({ ...scene, props: scene.props.filter((p) => p.tone === 'dark') });
      const count = scene.solids.length;
      for (const [k, i] of each(nearest(scene)).entries())
        if (bare[k]! >= 0 && bare[k]! < count) expect(i).toBe(bare[k]);
    }
  });
});
