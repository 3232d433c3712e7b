import type { Random } from './random.ts';
import { BACKDROPS, type Backdrop, COLORS, type Color } from './scene.ts';

/** Surface, ears and body of a toy creature. A name has one word of each, none of which any caption of a scene uses. */
export const PATTERNS = ['Plain', 'Striped', 'Spotted'] as const;
export const EARS = ['Foxy', 'Bunny', 'Teddy'] as const;
export const FORMS = ['Boxer', 'Bouncer', 'Stacker', 'Totem'] as const;

export type Pattern = (typeof PATTERNS)[number];
export type Ears = (typeof EARS)[number];
export type Form = (typeof FORMS)[number];

/** What tells the class of a creature: three parts, or the one that is like no other (one eye, one feeler, no ears). */
export type Kind = { pattern: Pattern; ears: Ears; form: Form } | 'Merry Cyclops';

/**
 * A creature in its own light and place. `turn` is the half-angle tangent of its heading, `scale` its size and `x` its
 * place to the right, in scene units; these and the colour say nothing of the class.
 */
export type Creature = {
  kind: Kind;
  color: Color;
  backdrop: Backdrop;
  turn: number;
  scale: number;
  x: number;
  lightX: number;
  lightY: number;
};

/** The 37 classes: every pattern with every pair of ears on every body, and the cyclops. */
export const KINDS: readonly Kind[] = [
  ...FORMS.flatMap((form) => EARS.flatMap((ears) => PATTERNS.map((pattern) => ({ pattern, ears, form })))),
  'Merry Cyclops',
];

/** The class in words: "Spotted Foxy Boxer". */
export function kindName(kind: Kind): string {
  return kind === 'Merry Cyclops' ? kind : `${kind.pattern} ${kind.ears} ${kind.form}`;
}

/** A creature of a class; all else is drawn from the stream. */
export function drawCreature(random: Random, kind: Kind): Creature {
  return {
    kind,
    color: random.pick(COLORS),
    backdrop: random.pick(BACKDROPS),
    turn: random.between(-0.2, 0.2),
    scale: random.between(0.9, 1.04),
    x: random.between(-0.25, 0.25),
    lightX: random.between(-0.95, -0.45),
    lightY: random.between(-0.95, -0.6),
  };
}

/** A caption with false ones that differ from it in one word or two. */
export type Caption = { text: string; hard: string[] };

/**
 * What training says of a creature: its class in the words of the task, and its colour with its body. Every hard text
 * exchanges one part of what is said (of the cyclops, which has one part only: the whole name).
 */
export function creatureCaptions({ kind, color }: Creature): Caption[] {
  const others = neighbours(kind);
  const otherColors = COLORS.filter((c) => c !== color);
  const named: Caption[] = [
    caption(
      'a photo of a',
      [kindName(kind)],
      others.map((k) => [kindName(k)]),
    ),
    caption(
      'a',
      [color, kindName(kind)],
      [...others.map((k) => [color, kindName(k)]), ...otherColors.map((c) => [c, kindName(kind)])],
    ),
  ];
  if (kind === 'Merry Cyclops') return named;
  const { pattern, ears, form } = kind;
  const forms = FORMS.filter((f) => f !== form);
  const patterns = PATTERNS.filter((p) => p !== pattern);
  const pairs = EARS.filter((e) => e !== ears);
  return [
    ...named,
    caption('a', [pattern, form], [...patterns.map((p) => [p, form]), ...forms.map((f) => [pattern, f])]),
    caption('a', [ears, form], [...pairs.map((e) => [e, form]), ...forms.map((f) => [ears, f])]),
  ];
}

function caption(start: string, words: string[], hard: string[][]): Caption {
  const say = (said: string[]): string => `${start} ${said.join(' ').toLowerCase()}`;
  return { text: say(words), hard: hard.map(say) };
}

/** The classes that differ from this one in one part; every other class differs from the cyclops in all. */
export function neighbours(kind: Kind): Kind[] {
  if (kind === 'Merry Cyclops') return KINDS.filter((k) => k !== kind);
  return [
    ...PATTERNS.filter((p) => p !== kind.pattern).map((pattern) => ({ ...kind, pattern })),
    ...EARS.filter((e) => e !== kind.ears).map((ears) => ({ ...kind, ears })),
    ...FORMS.filter((f) => f !== kind.form).map((form) => ({ ...kind, form })),
  ];
}
