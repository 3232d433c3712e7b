import { type CentreCrop, centreCrop, roundHalfEven } from './crop.ts';
import { type Resample, type RgbImage, resize } from './resize.ts';

/**
 * What an image is resized to: its shortest edge; a box whatever its shape; or, its shape kept, so that it covers a box or
 * fits into it.
 */
export type ResizeTarget =
  | { readonly edge: number }
  | { readonly width: number; readonly height: number }
  | { readonly fit: 'cover' | 'contain'; readonly into: { readonly width: number; readonly height: number } };

/** From pixels to a model's float input. */
export interface Preprocess {
  readonly resize: ResizeTarget | null;
  readonly resample: Resample;
  readonly crop: CentreCrop | null;
  /** Value of each of the 256 levels, a table a channel. */
  readonly levels: readonly [Float32Array, Float32Array, Float32Array];
}

/** Pixels to planes: [3, height, width], flattened. */
export function preprocess(image: RgbImage, steps: Preprocess): { height: number; width: number; data: Float32Array } {
  let pixels = image;
  if (steps.resize) {
    const { width, height } = sizeFor(pixels, steps.resize);
    pixels = resize(pixels, width, height, steps.resample);
  }
  if (steps.crop) pixels = centreCrop(pixels, steps.crop);
  const area = pixels.width * pixels.height;
  const data = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const level = steps.levels[channel]!;
    for (let i = 0; i < area; i++) data[channel * area + i] = level[pixels.data[i * 3 + channel]!]!;
  }
  return { height: pixels.height, width: pixels.width, data };
}

/** The size that every image has in the end; null where it depends on the image. */
export function inputOf({ resize: to, crop }: Preprocess): { readonly width: number; readonly height: number } | null {
  const fixed = crop ?? (to && 'width' in to ? to : null);
  return fixed && { width: fixed.width, height: fixed.height };
}

/** The same steps for an input of another size; null where they do not say how: a shortest edge that is not the crop's. */
export function atSize(steps: Preprocess, box: { readonly width: number; readonly height: number }): Preprocess | null {
  const { resize: to, crop } = steps;
  if (!to) return null;
  if (!crop) return 'width' in to ? { ...steps, resize: box } : null;
  const cut = { ...crop, ...box };
  const exact = (size: { readonly width: number; readonly height: number }) =>
    size.width === crop.width && size.height === crop.height;
  if ('edge' in to) {
    const square = crop.width === to.edge && crop.height === to.edge && box.width === box.height;
    return square ? { ...steps, resize: { edge: box.width }, crop: cut } : null;
  }
  if ('fit' in to) return exact(to.into) ? { ...steps, resize: { ...to, into: box }, crop: cut } : null;
  return exact(to) ? { ...steps, resize: box, crop: cut } : null;
}

function sizeFor({ width, height }: RgbImage, to: ResizeTarget): { width: number; height: number } {
  if ('width' in to) return to;
  if ('edge' in to) {
    return width <= height
      ? { width: to.edge, height: Math.trunc((to.edge * height) / width) }
      : { width: Math.trunc((to.edge * width) / height), height: to.edge };
  }
  // open_clip's ResizeKeepRatio.
  const ratios = [width / to.into.width, height / to.into.height];
  const ratio = to.fit === 'cover' ? Math.min(...ratios) : Math.max(...ratios);
  return { width: Math.max(1, roundHalfEven(width / ratio)), height: Math.max(1, roundHalfEven(height / ratio)) };
}

/** A diffusion model's input: a square without a crop, values from -1 to 1. */
export function diffusionPreprocess(side: number): Preprocess {
  const table = Float32Array.from({ length: 256 }, (_, level) => 2 * Math.fround(level / 255) - 1);
  return { resize: { width: side, height: side }, resample: 3, crop: null, levels: [table, table, table] };
}

/** A table a channel, of what `value` makes of a level from 0 to 255. */
export function levelTables(value: (level: number, channel: number) => number): Preprocess['levels'] {
  const table = (channel: number) => Float32Array.from({ length: 256 }, (_, level) => value(level, channel));
  return [table(0), table(1), table(2)];
}
