/** The eight colour names of CLEVR. */
export const COLORS = ['gray', 'red', 'blue', 'green', 'brown', 'purple', 'cyan', 'yellow'] as const;
export const SHAPES = ['cube', 'sphere', 'cylinder'] as const;
export const SIZES = ['small', 'large'] as const;
export const MATERIALS = ['matte', 'shiny'] as const;
export const BACKDROPS = ['ivory', 'mist', 'sage', 'blush'] as const;

/** What one solid can do to another. */
export const VERBS = ['carries', 'lifts', 'touches', 'hovers over', 'hides behind', 'is tied to'] as const;

export type Verb = (typeof VERBS)[number];
export type Color = (typeof COLORS)[number];
export type Shape = (typeof SHAPES)[number];
export type Size = (typeof SIZES)[number];
export type Material = (typeof MATERIALS)[number];
export type Backdrop = (typeof BACKDROPS)[number];

/** What can be said of a solid without its place. */
export type Look = { color: Color; shape: Shape; size: Size; material: Material };

/**
 * A solid in its place. x grows to the right, y away from the camera, `base` is the height of its underside; all in
 * scene units (a large sphere has radius 0.95). `cos` and `sin` give its heading. `restsOn` is the index of the solid
 * below it, or null on the ground.
 */
export type Solid = Look & { x: number; y: number; base: number; cos: number; sin: number; restsOn: number | null };

/** A thing that no caption speaks of: a pebble in the floor's tone, or a dark rod or bead of an action. */
export type Prop = {
  shape: 'sphere' | 'cylinder';
  tone: 'floor' | 'dark';
  x: number;
  y: number;
  base: number;
  half: number;
  halfHeight: number;
};

/** Who does what to whom: indices of solids. */
type Action = { verb: Verb; subject: number; object: number };

/** A whole scene graph: everything that the renderer and the captions read. `aim` is the height the camera looks at. */
export type Scene = {
  solids: Solid[];
  props: Prop[];
  action: Action | null;
  backdrop: Backdrop;
  aim: number;
  lightX: number;
  lightY: number;
};

/** Radius of a solid of this size in scene units. */
function radiusOf(size: Size): number {
  return size === 'large' ? 0.95 : 0.64;
}

/** Half width and half height of a solid; cubes and cylinders are a little narrower, so that all look alike in mass. */
export function extentOf(look: Pick<Look, 'shape' | 'size'>): { half: number; halfHeight: number } {
  const r = radiusOf(look.size);
  if (look.shape === 'sphere') return { half: r, halfHeight: r };
  if (look.shape === 'cube') return { half: r * 0.77, halfHeight: r * 0.77 };
  return { half: r * 0.82, halfHeight: r * 0.86 };
}

/**
 * The scene without places: its looks, sorted. Two scenes with the same key hold the same things.
 */
export function contentKey(looks: readonly Look[]): string {
  return looks
    .map((l) => `${l.color} ${l.shape} ${l.size} ${l.material}`)
    .sort()
    .join(' + ');
}
