import { coatOf, eyeCoat } from './coats.ts';
import type { Creature, Ears, Form } from './creatures.ts';
import { clamp01, FIELD, linear, PAPER, PIGMENT, type Rgb } from './optics.ts';
import { renderStage } from './raycast.ts';
import type { Body } from './solids.ts';
import type { Coat, Stage } from './studio.ts';

const CREAM = linear(252, 243, 224);
const COCOA = linear(58, 38, 44);
const PINK = linear(245, 150, 160);
const WHITE = linear(252, 252, 252);

/** Creatures are brought to this height, in scene units, but none is enlarged more than so. */
const TALL = 0.8 * FIELD;
const MOST_ENLARGED = 0.26 * FIELD;

/** A body seen from the creature: x to its left (our right), y behind it, z up. */
type Part = {
  kind: Body['kind'];
  x: number;
  y: number;
  z: number;
  half: number;
  halfHeight: number;
  pigment: Rgb;
  coat?: 'pattern' | 'eye' | 'inner';
};

/** Renders a creature: SIDE x SIDE RGB bytes, row by row from the top left. */
export function renderCreature(creature: Creature): Uint8Array {
  const { stage, aim } = creatureStage(creature);
  return renderStage(stage, aim);
}

/** A creature ready for rays, and the height that the camera looks at. */
export function creatureStage(creature: Creature): { stage: Stage; aim: number } {
  const { turn } = creature;
  const n = 1 + turn * turn;
  const cos = (1 - turn * turn) / n;
  const sin = (2 * turn) / n;
  const parts = partsOf(creature);
  const scale = creature.scale * Math.min(TALL / Math.max(...parts.map((p) => p.z + p.halfHeight)), MOST_ENLARGED);
  const paper = PAPER[creature.backdrop];
  const bodies = parts.map((part) => bodyOfPart(part, cos, sin, scale, creature.x));
  const stage: Stage = {
    bodies,
    pigment: parts.map((part) => part.pigment),
    shiny: parts.map(() => false),
    coats: parts.map((part, i) => coatOfPart(part, creature, bodies[i]!)),
    near: paper.near,
    far: paper.far,
    lightX: creature.lightX,
    lightY: creature.lightY,
  };
  return { stage, aim: 0.47 * Math.max(...bodies.map((b) => b.z + b.halfHeight)) };
}

function bodyOfPart(p: Part, cos: number, sin: number, scale: number, x: number): Body {
  const half = p.half * scale;
  const halfHeight = p.halfHeight * scale;
  const reach = p.kind === 'egg' || p.kind === 'sphere' ? Math.max(half, halfHeight) : 0;
  const corner = (p.kind === 'cube' ? 2 : 1) * half * half + halfHeight * halfHeight;
  return {
    kind: p.kind,
    x: x + (p.x * cos - p.y * sin) * scale,
    y: (p.x * sin + p.y * cos) * scale,
    z: p.z * scale,
    half,
    halfHeight,
    cos,
    sin,
    bound: (reach > 0 ? reach * reach : corner) * 1.0001,
  };
}

function coatOfPart(part: Part, creature: Creature, body: Body): Coat | null {
  if (part.coat === 'eye') return eyeCoat(body, COCOA, WHITE);
  if (part.coat !== 'pattern' || creature.kind === 'Merry Cyclops') return null;
  return coatOf(creature.kind.pattern, body, part.pigment, secondTone(creature));
}

/** Stripes and spots are cream on a dark body and dark on a light one. */
function secondTone({ color }: Creature): Rgb {
  return color === 'yellow' || color === 'cyan' ? COCOA : CREAM;
}

function partsOf(creature: Creature): Part[] {
  const pigment = PIGMENT[creature.color];
  if (creature.kind === 'Merry Cyclops') return cyclops(pigment);
  const { form, ears } = creature.kind;
  return [...trunk(form, pigment), ...face(form), ...feet(form, pigment), ...earsOf(ears, form, pigment)];
}

/** Where the face and the ears sit on each body: heights, and distances from the upright axis. */
const BUILD: Record<
  Form,
  { eyeX: number; eyeY: number; eyeZ: number; earX: number; earZ: number; footX: number; footY: number }
> = {
  Boxer: { eyeX: 0.4, eyeY: -0.86, eyeZ: 1.42, earX: 0.6, earZ: 2.02, footX: 0.5, footY: -0.78 },
  Bouncer: { eyeX: 0.38, eyeY: -0.98, eyeZ: 1.58, earX: 0.66, earZ: 2.08, footX: 0.5, footY: -0.66 },
  Stacker: { eyeX: 0.3, eyeY: -0.58, eyeZ: 2.12, earX: 0.46, earZ: 2.45, footX: 0.48, footY: -0.66 },
  Totem: { eyeX: 0.31, eyeY: -0.56, eyeZ: 2.02, earX: 0.42, earZ: 2.55, footX: 0.4, footY: -0.52 },
};

function trunk(form: Form, pigment: Rgb): Part[] {
  const part = (kind: Body['kind'], z: number, half: number, halfHeight: number): Part => ({
    kind,
    x: 0,
    y: 0,
    z,
    half,
    halfHeight,
    pigment,
    coat: 'pattern',
  });
  if (form === 'Boxer') return [part('cube', 1.1, 0.95, 0.95)];
  if (form === 'Bouncer') return [part('sphere', 1.24, 1.14, 1.14)];
  if (form === 'Totem') return [part('cylinder', 1.36, 0.66, 1.22)];
  return [part('sphere', 0.96, 0.88, 0.88), part('sphere', 2.06, 0.66, 0.66)];
}

function face(form: Form): Part[] {
  const { eyeX, eyeY, eyeZ } = BUILD[form];
  const eye = (x: number): Part => ({
    kind: 'sphere',
    x,
    y: eyeY,
    z: eyeZ,
    half: 0.27,
    halfHeight: 0.27,
    pigment: WHITE,
    coat: 'eye',
  });
  const nose: Part = { kind: 'egg', x: 0, y: eyeY - 0.12, z: eyeZ - 0.3, half: 0.13, halfHeight: 0.1, pigment: COCOA };
  return [eye(-eyeX), eye(eyeX), nose];
}

function feet(form: Form, pigment: Rgb): Part[] {
  const { footX: x, footY: y } = BUILD[form];
  const foot = (side: number): Part => ({
    kind: 'egg',
    x: side * x,
    y,
    z: 0.17,
    half: 0.3,
    halfHeight: 0.17,
    pigment: darker(pigment),
  });
  return [foot(-1), foot(1)];
}

function earsOf(ears: Ears, form: Form, pigment: Rgb): Part[] {
  const { earX, earZ } = BUILD[form];
  return [-1, 1].flatMap((side): Part[] => {
    const x = side * earX;
    if (ears === 'Foxy')
      return [
        { kind: 'cone', x, y: 0, z: earZ + 0.34, half: 0.38, halfHeight: 0.46, pigment },
        { kind: 'cone', x, y: -0.16, z: earZ + 0.24, half: 0.24, halfHeight: 0.3, pigment: PINK },
      ];
    if (ears === 'Bunny')
      return [
        { kind: 'egg', x: x * 0.8, y: 0, z: earZ + 0.5, half: 0.24, halfHeight: 0.7, pigment },
        { kind: 'egg', x: x * 0.8, y: -0.13, z: earZ + 0.5, half: 0.14, halfHeight: 0.52, pigment: PINK },
      ];
    return [
      { kind: 'sphere', x: x * 1.2, y: 0, z: earZ + 0.2, half: 0.4, halfHeight: 0.4, pigment },
      { kind: 'sphere', x: x * 1.2, y: -0.24, z: earZ + 0.2, half: 0.24, halfHeight: 0.24, pigment: PINK },
    ];
  });
}

function cyclops(pigment: Rgb): Part[] {
  return [
    { kind: 'egg', x: 0, y: 0, z: 1.25, half: 0.9, halfHeight: 1.25, pigment },
    { kind: 'sphere', x: 0, y: -0.62, z: 1.6, half: 0.5, halfHeight: 0.5, pigment: WHITE, coat: 'eye' },
    { kind: 'cylinder', x: 0, y: 0, z: 2.7, half: 0.07, halfHeight: 0.32, pigment: darker(pigment) },
    { kind: 'sphere', x: 0, y: 0, z: 3.12, half: 0.24, halfHeight: 0.24, pigment: PINK },
    ...[-1, 1].map(
      (side): Part => ({ kind: 'egg', x: side * 0.95, y: -0.2, z: 0.95, half: 0.2, halfHeight: 0.34, pigment }),
    ),
    ...[-1, 1].map(
      (side): Part => ({
        kind: 'egg',
        x: side * 0.42,
        y: -0.6,
        z: 0.17,
        half: 0.3,
        halfHeight: 0.17,
        pigment: darker(pigment),
      }),
    ),
  ];
}

function darker(p: Rgb): Rgb {
  return [clamp01(p[0] * 0.6), clamp01(p[1] * 0.6), clamp01(p[2] * 0.6)];
}
