/** The eight colour names of CLEVR. */
export const COLORS = ['gray', 'red', 'blue', 'green', 'brown', 'purple', 'cyan', 'yellow'] as const;
export const SHAPES = ['cube', 'sphere', 'cylinder'] as const;
export const SIZES = ['small', 'large'] as const;
export const MATERIALS = ['matte', 'shiny'] as const;
export const BACKDROPS = ['ivory', 'mist', 'sage', 'blush'] as const;

export type Color = (typeof COLORS)[number];
export type Shape = (typeof SHAPES)[number];
export type Size = (typeof SIZES)[number];
export type Material = (typeof MATERIALS)[number];
export type Backdrop = (typeof BACKDROPS)[number];

/** What can be said of a solid without its place. */
export type Look = { color: Color; shape: Shape; size: Size; material: Material };

/**
 * A solid in its place. x grows to the right, y away from the camera, `base` is the height of its underside; all in
 * scene units (a large sphere has radius 0.92). `cos` and `sin` give its heading. `restsOn` is the index of the solid
 * below it, or null on the ground.
 */
export type Solid = Look & { x: number; y: number; base: number; cos: number; sin: number; restsOn: number | null };

/** A whole scene graph: everything that the renderer and the captions read. `aim` is the height the camera looks at. */
export type Scene = { solids: Solid[]; backdrop: Backdrop; aim: number; lightX: number; lightY: number };

/** Radius of a solid of this size in scene units. */
export function radiusOf(size: Size): number {
  return size === 'large' ? 0.92 : 0.54;
}

/** Half width and half height of a solid; cubes and cylinders are a little narrower, so that all look alike in mass. */
export function extentOf(look: Pick<Look, 'shape' | 'size'>): { half: number; halfHeight: number } {
  const r = radiusOf(look.size);
  if (look.shape === 'sphere') return { half: r, halfHeight: r };
  if (look.shape === 'cube') return { half: r * 0.77, halfHeight: r * 0.77 };
  return { half: r * 0.82, halfHeight: r * 0.86 };
}

/**
 * The scene without places: its looks, sorted. Two scenes with the same key hold the same things. The training set
 * leaves out every key that the test set uses.
 */
export function contentKey(looks: readonly Look[]): string {
  return looks
    .map((l) => `${l.color} ${l.shape} ${l.size} ${l.material}`)
    .sort()
    .join(' + ');
}
