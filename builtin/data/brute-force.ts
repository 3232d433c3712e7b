import { EYE, LENS } from './optics.ts';
import { extentOf, type Scene, type Solid } from './scene.ts';
import { visibleShares } from './visible.ts';

// A second opinion for tests on what captions say. It parses nothing: it writes down what holds of a scene, phrase by
// phrase and from geometry alone, until the caption comes up.

type Holds = (s: Solid, t: Solid, scene: Scene) => boolean;
/** A noun phrase, and the solids of which it can be said together. */
type Said = { text: string; solids: Solid[] };

/** Whether a caption of the clevr, winoground, svo or visual-genome tasks is among all that holds for the scene. */
export function comesUp(caption: string, scene: Scene): boolean {
  const words = (caption.charAt(0).toLowerCase() + caption.slice(1)).replace(/\.$/, '');
  const phrases = everyPhrase(scene.solids).filter(({ text }) => words.includes(text));
  for (const a of phrases) {
    for (const side of ['left', 'right'] as const) {
      if (words === `on the ${side} is ${a.text}` && isOutermost(scene, a, side)) return true;
    }
    if (words === a.text) return true;
    for (const b of phrases) {
      if (b.solids.some((s) => a.solids.includes(s))) continue;
      if (words === `${a.text} and ${b.text}`) return true;
      if (words === `${a.text} on the left and ${b.text} on the right`)
        if (isOutermost(scene, a, 'left') && isOutermost(scene, b, 'right')) return true;
      if (words === `${a.text} on the right and ${b.text} on the left`)
        if (isOutermost(scene, a, 'right') && isOutermost(scene, b, 'left')) return true;
      for (const [relation, holds] of Object.entries(RELATIONS)) {
        if (words !== `${a.text} ${relation} ${b.text}`) continue;
        if (a.solids.every((s) => b.solids.every((t) => holds(s, t, scene)))) return true;
      }
    }
  }
  return false;
}

function everyPhrase(solids: readonly Solid[]): Said[] {
  const bare = new Map<string, Solid[]>();
  for (const s of solids) {
    for (const size of ['', `${s.size} `]) {
      for (const material of ['', `${s.material} `]) {
        for (const color of ['', `${s.color} `]) {
          for (const noun of [s.shape, 'object']) {
            const text = size + material + color + noun;
            bare.set(text, [...(bare.get(text) ?? []), s]);
          }
        }
      }
    }
  }
  return [...bare].flatMap(([text, all]): Said[] => [
    ...all.map((s) => ({ text: `a ${text}`, solids: [s] })),
    ...(all.length === 1 ? ['the', 'one'].map((d) => ({ text: `${d} ${text}`, solids: all })) : []),
    ...(all.length === 2 ? [{ text: `two ${text}s`, solids: all }] : []),
    ...(all.length === 3 ? [{ text: `three ${text}s`, solids: all }] : []),
  ]);
}

function isOutermost(scene: Scene, { solids }: Said, side: 'left' | 'right'): boolean {
  const others = scene.solids.filter((s) => !solids.includes(s));
  const sign = side === 'left' ? 1 : -1;
  return (
    others.length > 0 && others.every((o) => solids.every((s) => sign * (across(o, scene) - across(s, scene)) > 0.14))
  );
}

/** Where the middle of a solid falls across the picture, -1 to 1: by the angle that it stands off the camera's axis. */
function across(s: Solid, { aim }: Scene): number {
  const tilt = Math.atan2(aim - EYE.z, -EYE.y);
  const z = s.base + extentOf(s).halfHeight;
  const along = (s.y - EYE.y) * Math.cos(tilt) + (z - EYE.z) * Math.sin(tilt);
  return s.x / along / LENS;
}

const topOf = (s: Solid): number => s.base + 2 * extentOf(s).halfHeight;
const apart = (s: { x: number; y: number }, t: { x: number; y: number }): number => Math.hypot(s.x - t.x, s.y - t.y);
const isLeft: Holds = (s, t, scene) => across(t, scene) - across(s, scene) > 0.14;
const isBehind: Holds = (s, t) => s.y > t.y + 1.25;
const rests: Holds = (s, t) => Math.abs(s.base - topOf(t)) < 1e-9 && apart(s, t) < extentOf(t).half;
/** s is in the air, right over t. */
const floats: Holds = (s, t) => s.base - topOf(t) > 0.1 && apart(s, t) < extentOf(t).half;
/** A rod goes up from s to t. */
const isPropped: Holds = (s, t, { props }) =>
  props.some(
    (p) => p.shape === 'cylinder' && p.base < topOf(s) && p.base + 2 * p.halfHeight > t.base && apart(p, s) < 0.1,
  );
/** From the middle to the farthest point to the side. */
function reach(s: Solid): number {
  const { half } = extentOf(s);
  if (s.shape !== 'cube') return half;
  return Math.max(...[-half, half].flatMap((x) => [-half, half].map((y) => x * s.cos - y * s.sin)));
}
const meets: Holds = (s, t) =>
  s.base === 0 && t.base === 0 && s.y === t.y && Math.abs(Math.abs(s.x - t.x) - reach(s) - reach(t)) < 0.02;
/** Beads lie one after another all the way between the two. */
const isChained: Holds = (s, t, { props }) => {
  const beads = props.filter((p) => p.tone === 'dark' && apart(p, s) + apart(p, t) - apart(s, t) < 1e-6);
  const far = beads.map((p) => apart(p, s)).sort((a, b) => a - b);
  const ends = [extentOf(s).half, ...far, apart(s, t) - extentOf(t).half];
  return beads.length >= 3 && ends.slice(1).every((d, i) => d - ends[i]! < 0.4);
};
/** The other hides about half of s. */
const isHalfSeen: Holds = (s, t, scene) => {
  const share = visibleShares({ ...scene, solids: [s, t], props: [], action: null })[0]!;
  return share > 0.4 && share < 0.7;
};

const RELATIONS: Record<string, Holds> = {
  'left of': isLeft,
  'is to the left of': isLeft,
  'right of': (s, t, scene) => isLeft(t, s, scene),
  'is to the right of': (s, t, scene) => isLeft(t, s, scene),
  'in front of': (s, t, scene) => isBehind(t, s, scene),
  'is in front of': (s, t, scene) => isBehind(t, s, scene),
  behind: isBehind,
  'is behind': isBehind,
  'on top of': rests,
  'is on top of': rests,
  underneath: (s, t, scene) => rests(t, s, scene),
  'is underneath': (s, t, scene) => rests(t, s, scene),
  carries: (s, t, scene) => rests(t, s, scene),
  lifts: (s, t, scene) => floats(t, s, scene) && isPropped(s, t, scene),
  'hovers over': (s, t, scene) => floats(s, t, scene) && !isPropped(t, s, scene),
  touches: (s, t, scene) => rests(s, t, scene) || rests(t, s, scene) || meets(s, t, scene),
  'hides behind': (s, t, scene) => isBehind(s, t, scene) && isHalfSeen(s, t, scene),
  'is tied to': (s, t, scene) => isChained(s, t, scene) || isChained(t, s, scene),
};
